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
        ActAsync(who, "disconnect all", account, async token => Report("Closed", await view.DisconnectAsync(account, token)));

    /// <summary>Closes one connection of an account.</summary>
    public Task<ActionReport> DisconnectAsync(ClaimsPrincipal who, string account, string connectionId) =>
        ActAsync(who, $"disconnect {connectionId}", account, async token => Report("Closed", await view.DisconnectAsync(account, connectionId, token)));

    /// <summary>Has a server close its clients and take no new ones.</summary>
    public Task<ActionReport> DrainAsync(ClaimsPrincipal who, string server) => CommandAsync(
        who, "drain", server, "It takes no new client and closes the ones it has, a few at a time.", token => view.DrainAsync(server, token));

    /// <summary>Has a drained server take clients again.</summary>
    public Task<ActionReport> ResumeAsync(ClaimsPrincipal who, string server) => CommandAsync(
        who, "resume", server, "It takes clients again.", token => view.ResumeAsync(server, token));

    private Task<ActionReport> CommandAsync(
        ClaimsPrincipal who, string what, string server, string done, Func<CancellationToken, Task<ServerAnswer>> ask) =>
        ActAsync(who, what, $"server {server}", async token => await ask(token) switch
        {
            ServerAnswer.Accepted => new ActionReport(ActionOutcome.Done, $"{server}: {done}"),
            ServerAnswer.Refused => new ActionReport(ActionOutcome.Failed, $"{server} can't: it is about to stop."),
            ServerAnswer.NoSuchServer => new ActionReport(ActionOutcome.Nobody, $"{server} holds no lease any more."),
            _ => new ActionReport(ActionOutcome.Failed, $"{server} did not answer: it may do it or not. A server of an older version does not know how to."),
        });

    private Task<ActionReport> SendAsync(
        ClaimsPrincipal who, string what, string target, string eventName, string? text,
        Func<IReadOnlyList<object?>, CancellationToken, Task<SendResult>> send)
    {
        if (string.IsNullOrWhiteSpace(eventName) || eventName.Length > LongestEvent)
        {
            return Task.FromResult(new ActionReport(ActionOutcome.Invalid, $"An event needs a name of 1 to {LongestEvent} characters."));
        }

        return JsonArguments.TryParse(text, out var arguments, out var error)
            ? ActAsync(who, what, target, async token => Report("Sent to", await send(arguments, token)))
            : Task.FromResult(new ActionReport(ActionOutcome.Invalid, error));
    }

    private async Task<ActionReport> ActAsync(
        ClaimsPrincipal who, string what, string target, Func<CancellationToken, Task<ActionReport>> act)
    {
        var report = await TryAsync(who, act);
        audit.Add(AdminIdentity.Describe(who), what, target, report.Outcome, report.Message);
        return report;
    }

    private async Task<ActionReport> TryAsync(ClaimsPrincipal who, Func<CancellationToken, Task<ActionReport>> act)
    {
        // Pages hide what a reader may not do; this is what keeps him from it.
        if (!who.IsInRole(AdminRoles.Operator))
        {
            return new ActionReport(ActionOutcome.Refused, "This login is read-only.");
        }

        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            return await act(patience.Token).WaitAsync(patience.Token);
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

    private static ActionReport Report(string verb, SendResult result) => new(OutcomeOf(result), Describe(verb, result), result);

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
