using System.Diagnostics;
using System.Text;
using Scaler.Cluster.Membership;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Adapts Engine.IO to Scaler: sessions become connections of accounts, and their messages become events.</summary>
internal sealed class ScalerHandler(ScalerServer server) : IEngineHandler
{
    private readonly Action<EngineSession> _upgraded = session => server.Membership.MarkStale((ScalerConnection)session.Tag!);

    public async ValueTask OnOpenedAsync(EngineSession session, CancellationToken cancellationToken)
    {
        ScalerConnection? connection = null;
        var identity = (SessionIdentity)session.Tag!;
        server.Local.AddConnection(
            identity.Account, account => connection = new ScalerConnection(session, account, identity, server.Options));
        session.Tag = connection;
        session.Upgraded += _upgraded;

        // Register before the client receives the open packet: other servers must find the connection from that moment.
        switch (await server.Membership.RegisterAsync(connection!))
        {
            case RegisterOutcome.Failed:
                server.Raise(ErrorNames.Connect, connection!.Account.Name, connection.Id, connection.Account.Name, connection.Id);
                break;
            case RegisterOutcome.LimitReached:
                server.Raise(
                    ErrorNames.Limit, connection!.Account.Name, connection.Id, connection.Account.Name,
                    $"connections per account: {server.Options.MaxConnectionsPerAccount}");
                connection.BeginClose(EngineCloseReason.Forbidden, "too many connections of this account");
                break;
        }
    }

    public ValueTask OnMessageAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken)
    {
        server.Metrics.MessageReceived();
        var connection = (ScalerConnection)session.Tag!;
        var outcome = server.Options.Decoder.Decode(message.Data, message.IsBinary, out var decoded);
        if (outcome != DecodeOutcome.Decoded)
        {
            Refuse(connection, outcome, message, decoded);
            return default;
        }

        var route = server.FindRoute(decoded.Event.Span);
        if (route is null)
        {
            if (server.Options.Strict)
            {
                Raise(connection, ErrorNames.Validation, Truncate(decoded.Event), "there is no such event");
            }

            return default;
        }

        var received = new ScalerMessage(route.Name, message.Data, message.IsBinary, decoded.Arguments, server.Options.Json);
        foreach (var validator in route.Validators)
        {
            if (Check(validator, received) is { } error)
            {
                Raise(connection, ErrorNames.Validation, route.Name, error);
                return default;
            }
        }

        return route.Handlers.Length switch
        {
            0 => default,
            1 when !ScalerMetrics.Activities.HasListeners() => HandleOne(connection, received, route, cancellationToken),
            _ => HandleAsync(connection, received, route, cancellationToken),
        };
    }

    public async ValueTask OnClosedAsync(EngineSession session, EngineCloseReason reason)
    {
        if (session.Tag is not ScalerConnection connection)
        {
            return;
        }

        connection.HasEnded = true;
        server.Local.RemoveConnection(connection);
        if (!await server.Membership.UnregisterAsync(connection))
        {
            server.Raise(ErrorNames.Disconnect, connection.Account.Name, connection.Id, connection.Account.Name, connection.Id);
        }
    }

    /// <summary>Invokes a single handler. Avoids an async state machine when the handler completes synchronously.</summary>
    private ValueTask HandleOne(
        ScalerConnection connection, ScalerMessage message, EventRoute route, CancellationToken cancellationToken)
    {
        try
        {
            var task = route.Handlers[0](connection, message, cancellationToken);
            return task.IsCompletedSuccessfully ? default : AwaitAsync(connection, route, task, cancellationToken);
        }
#pragma warning disable CA1031 // A handler's exception is raised as an error event, and the connection stays open.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            HandlerFailed(connection, route, exception, cancellationToken);
            return default;
        }
    }

    private async ValueTask AwaitAsync(
        ScalerConnection connection, EventRoute route, ValueTask task, CancellationToken cancellationToken)
    {
        try
        {
            await task;
        }
#pragma warning disable CA1031 // A handler's exception is raised as an error event, and the connection stays open.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            HandlerFailed(connection, route, exception, cancellationToken);
        }
    }

    private async ValueTask HandleAsync(
        ScalerConnection connection, ScalerMessage message, EventRoute route, CancellationToken cancellationToken)
    {
        // Start a new trace per message and link it to the request. A WebSocket request lasts as long as the connection, so one
        // trace would collect all its messages. Because this method is async, the change to Activity.Current does not affect
        // the caller.
        var request = Activity.Current;
        Activity.Current = null;
        using var activity = ScalerMetrics.Activities.StartActivity(
            "scaler.message " + route.Name, ActivityKind.Server, default(ActivityContext), null,
            request is null ? null : [new ActivityLink(request.Context)]);
        activity?.SetTag("scaler.event", route.Name);
        foreach (var handler in route.Handlers)
        {
            try
            {
                await handler(connection, message, cancellationToken);
            }
#pragma warning disable CA1031 // A handler's exception is raised as an error event, and the next handler runs.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                activity?.SetStatus(ActivityStatusCode.Error);
                HandlerFailed(connection, route, exception, cancellationToken);
            }
        }
    }

    private static string? Check(Func<ScalerMessage, string?> validator, in ScalerMessage message)
    {
        try
        {
            return validator(message);
        }
#pragma warning disable CA1031 // A validator's exception rejects the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return "the validator failed: " + exception.Message;
        }
    }

    private void HandlerFailed(
        ScalerConnection connection, EventRoute route, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Raise(connection, ErrorNames.Handler, route.Name, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private void Refuse(ScalerConnection connection, DecodeOutcome outcome, in EngineMessage message, in DecodedMessage decoded)
    {
        switch (outcome)
        {
            case DecodeOutcome.NotParsed:
                Raise(connection, ErrorNames.Json, Truncate(message.Data));
                break;
            case DecodeOutcome.NotAnObject:
                Raise(connection, ErrorNames.Invalid, Truncate(message.Data));
                break;
            case DecodeOutcome.MissingEvent:
                Raise(connection, ErrorNames.Validation, "", "the message has no event name");
                break;
            default:
                Raise(connection, ErrorNames.Validation, Truncate(decoded.Event), "'args' is not an array");
                break;
        }
    }

    private void Raise(ScalerConnection connection, string name, params IReadOnlyList<string> arguments) =>
        server.Raise(name, connection.Account.Name, connection.Id, arguments);

    /// <summary>
    /// Decodes bytes of a client as UTF-8 and truncates them to <see cref="ScalerOptions.MaxErrorMessageLength"/> characters.
    /// Invalid sequences become U+FFFD.
    /// </summary>
    private string Truncate(ReadOnlyMemory<byte> bytes)
    {
        var maxLength = server.Options.MaxErrorMessageLength;
        var text = Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, maxLength * 4)]);
        return text.Length <= maxLength ? text : text[..maxLength] + "…";
    }
}
