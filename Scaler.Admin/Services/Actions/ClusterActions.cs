using System.Security.Claims;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Services.Actions;

/// <summary>
/// Performs the dashboard's actions on the cluster. Every action is authorized, executed and recorded in the audit log here.
/// </summary>
public sealed class ClusterActions(IClusterView view, AuditLog audit, TimeProvider time)
{
    private const int MaxEventLength = 256;
    private static readonly TimeSpan ActionTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Sends an event to all connections of an account.</summary>
    /// <param name="who">The principal of the login.</param>
    /// <param name="account">The account.</param>
    /// <param name="eventName">The event name, 1 to 256 characters.</param>
    /// <param name="arguments">The arguments, as a JSON array.</param>
    /// <returns>The result. Its outcome reports a Redis outage or a timeout; neither throws.</returns>
    public Task<ActionReport> SendAsync(ClaimsPrincipal who, string account, string eventName, string? arguments) =>
        SendAsync(who, $"send {eventName}", account, eventName, arguments, (args, token) => view.SendAsync(account, eventName, args, token));

    /// <summary>Sends an event to all connections of all accounts.</summary>
    /// <param name="who">The principal of the login.</param>
    /// <param name="eventName">The event name, 1 to 256 characters.</param>
    /// <param name="arguments">The arguments, as a JSON array.</param>
    /// <returns>The result. Its outcome reports a Redis outage or a timeout; neither throws.</returns>
    public Task<ActionReport> BroadcastAsync(ClaimsPrincipal who, string eventName, string? arguments) =>
        SendAsync(who, $"broadcast {eventName}", "all accounts", eventName, arguments, (args, token) => view.BroadcastAsync(eventName, args, token));

    /// <summary>Closes all connections of an account.</summary>
    /// <param name="who">The principal of the login.</param>
    /// <param name="account">The account.</param>
    /// <returns>The result. Its outcome reports a Redis outage or a timeout; neither throws.</returns>
    public Task<ActionReport> DisconnectAsync(ClaimsPrincipal who, string account) =>
        ActAsync(who, "disconnect all", account, async token => Report("Closed", await view.DisconnectAsync(account, token)));

    /// <summary>Closes one connection of an account.</summary>
    /// <param name="who">The principal of the login.</param>
    /// <param name="account">The account.</param>
    /// <param name="connectionId">The connection id.</param>
    /// <returns>The result. Its outcome reports a Redis outage or a timeout; neither throws.</returns>
    public Task<ActionReport> DisconnectAsync(ClaimsPrincipal who, string account, string connectionId) =>
        ActAsync(who, $"disconnect {connectionId}", account, async token => Report("Closed", await view.DisconnectAsync(account, connectionId, token)));

    /// <summary>Drains a server: it accepts no new clients and closes its connections gradually.</summary>
    /// <param name="who">The principal of the login.</param>
    /// <param name="server">The server id.</param>
    /// <returns>The result. Its outcome reports a Redis outage or a timeout; neither throws.</returns>
    public Task<ActionReport> DrainAsync(ClaimsPrincipal who, string server) => CommandAsync(
        who, "drain", server, "The server accepts no new clients and is closing its connections gradually.", token => view.DrainAsync(server, token));

    /// <summary>Resumes a draining or drained server, so that it accepts clients again.</summary>
    /// <param name="who">The principal of the login.</param>
    /// <param name="server">The server id.</param>
    /// <returns>The result. Its outcome reports a Redis outage or a timeout; neither throws.</returns>
    public Task<ActionReport> ResumeAsync(ClaimsPrincipal who, string server) => CommandAsync(
        who, "resume", server, "The server accepts clients again.", token => view.ResumeAsync(server, token));

    private Task<ActionReport> CommandAsync(
        ClaimsPrincipal who, string what, string server, string done, Func<CancellationToken, Task<ServerRequestResult>> ask) =>
        ActAsync(who, what, $"server {server}", async token => await ask(token) switch
        {
            ServerRequestResult.Accepted => new ActionReport(ActionOutcome.Done, $"{server}: {done}"),
            ServerRequestResult.Refused => new ActionReport(ActionOutcome.Failed, $"{server} rejected the command because it is stopping."),
            ServerRequestResult.ServerNotFound => new ActionReport(ActionOutcome.Nobody, $"{server} no longer holds a lease."),
            _ => new ActionReport(ActionOutcome.Failed, $"{server} did not respond. The command may or may not take effect; older server versions do not support it."),
        });

    private Task<ActionReport> SendAsync(
        ClaimsPrincipal who, string what, string target, string eventName, string? text,
        Func<IReadOnlyList<object?>, CancellationToken, Task<SendResult>> send)
    {
        if (string.IsNullOrWhiteSpace(eventName) || eventName.Length > MaxEventLength)
        {
            return Task.FromResult(new ActionReport(ActionOutcome.Invalid, $"The event name must have 1 to {MaxEventLength} characters."));
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
        // Pages only hide actions from readers. This check is the authorization.
        if (!who.IsInRole(AdminRoles.Operator))
        {
            return new ActionReport(ActionOutcome.Refused, "This login is read-only.");
        }

        try
        {
            using var timeout = new CancellationTokenSource(ActionTimeout, time);
            return await act(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return new ActionReport(ActionOutcome.Failed, $"No response within {ActionTimeout.TotalSeconds:0} s. The action may or may not have been performed.");
        }
        catch (Exception exception) when (Outage.IsOutage(exception))
        {
            return new ActionReport(ActionOutcome.Failed, $"Redis is unavailable: {Outage.Describe(exception)}");
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
            ? "No connections were reached"
            : $"{verb} {Format.Count(result.Connections, "connection")} on {Format.Count(result.Servers, "server")}";
        return result switch
        {
            { ClusterReached: false } => $"{reached}: the cluster is unavailable.",
            { Unreachable.Count: > 0 } => $"{reached}. Not reached: {string.Join(", ", result.Unreachable)}.",
            { Connections: 0 } => "No matching connections.",
            _ => $"{reached}.",
        };
    }
}
