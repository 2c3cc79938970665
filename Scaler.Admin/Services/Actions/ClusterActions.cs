using System.Security.Claims;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Services.Actions;

/// <summary>Whatever the dashboard does to the cluster goes through here: who may, what was done and what came of it are one thing.</summary>
public sealed class ClusterActions(IClusterView view, AuditLog audit, TimeProvider time)
{
    private const int LongestEvent = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Sends an event to the connections of an account.</summary>
    public Task<ActionReport> SendAsync(ClaimsPrincipal who, string account, string eventName, string? arguments) =>
        SendAsync(who, $"send {eventName}", account, eventName, arguments, (args, token) => view.SendAsync(account, eventName, args, token));

    /// <summary>Sends an event to all connections of all accounts.</summary>
    public Task<ActionReport> BroadcastAsync(ClaimsPrincipal who, string eventName, string? arguments) =>
        SendAsync(who, $"broadcast {eventName}", "all accounts", eventName, arguments, (args, token) => view.BroadcastAsync(eventName, args, token));

    /// <summary>Closes all connections of an account.</summary>
    public Task<ActionReport> DisconnectAsync(ClaimsPrincipal who, string account) =>
        ActAsync(who, "disconnect all", account, "Closed", token => view.DisconnectAsync(account, token));

    /// <summary>Closes one connection of an account.</summary>
    public Task<ActionReport> DisconnectAsync(ClaimsPrincipal who, string account, string connectionId) =>
        ActAsync(who, $"disconnect {connectionId}", account, "Closed", token => view.DisconnectAsync(account, connectionId, token));

    private Task<ActionReport> SendAsync(
        ClaimsPrincipal who, string what, string target, string eventName, string? text,
        Func<IReadOnlyList<object?>, CancellationToken, Task<SendResult>> send)
    {
        if (string.IsNullOrWhiteSpace(eventName) || eventName.Length > LongestEvent)
        {
            return Task.FromResult(new ActionReport(ActionOutcome.Invalid, $"An event needs a name of 1 to {LongestEvent} characters."));
        }

        return JsonArguments.TryParse(text, out var arguments, out var error)
            ? ActAsync(who, what, target, "Sent to", token => send(arguments, token))
            : Task.FromResult(new ActionReport(ActionOutcome.Invalid, error));
    }

    private async Task<ActionReport> ActAsync(
        ClaimsPrincipal who, string what, string target, string verb, Func<CancellationToken, Task<SendResult>> act)
    {
        var report = await TryAsync(who, verb, act);
        audit.Add(AdminIdentity.Describe(who), what, target, report.Outcome, report.Message);
        return report;
    }

    private async Task<ActionReport> TryAsync(ClaimsPrincipal who, string verb, Func<CancellationToken, Task<SendResult>> act)
    {
        // Pages hide what a reader may not do; this is what keeps him from it.
        if (!who.IsInRole(AdminRoles.Operator))
        {
            return new ActionReport(ActionOutcome.Refused, "This login is read-only.");
        }

        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            var result = await act(patience.Token).WaitAsync(patience.Token);
            return new ActionReport(OutcomeOf(result), Describe(verb, result), result);
        }
        catch (OperationCanceledException)
        {
            return new ActionReport(ActionOutcome.Failed, $"No answer within {Patience.TotalSeconds:0} s: it may have been done or not.");
        }
        catch (Exception exception) when (Outage.IsOutage(exception))
        {
            return new ActionReport(ActionOutcome.Failed, $"Redis could not be asked: {Outage.Describe(exception)}");
        }
    }

    private static ActionOutcome OutcomeOf(SendResult result) => result switch
    {
        { ClusterReached: false } => ActionOutcome.Failed,
        { IsComplete: false } => ActionOutcome.Partly,
        { Connections: 0 } => ActionOutcome.Nobody,
        _ => ActionOutcome.Done,
    };

    private static string Describe(string verb, SendResult result)
    {
        var reached = result.Connections == 0
            ? "Nobody was reached"
            : $"{verb} {Format.Count(result.Connections, "connection")} on {Format.Count(result.Servers, "server")}";
        return result switch
        {
            { ClusterReached: false } => $"{reached}: the cluster could not be asked.",
            { Unreachable.Count: > 0 } => $"{reached}. Not reached: {string.Join(", ", result.Unreachable)}.",
            { Connections: 0 } => "Nobody is connected.",
            _ => $"{reached}.",
        };
    }
}
