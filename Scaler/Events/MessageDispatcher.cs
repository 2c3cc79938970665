using System.Diagnostics;
using System.Text;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Dispatches the messages of clients to the validators and handlers of their event.</summary>
internal sealed class MessageDispatcher(
    EventRouteTable routes, ScalerOptions options, ScalerMetrics metrics, ErrorReporter errors)
{
    /// <summary>
    /// Decodes a message, finds the route of its event, and invokes the validators and handlers. A message that fails raises an
    /// error event.
    /// </summary>
    public ValueTask DispatchAsync(ScalerConnection connection, EngineMessage message, CancellationToken cancellationToken)
    {
        metrics.MessageReceived();
        DecodedMessage decoded;
        DecodeOutcome outcome;
        try
        {
            outcome = options.Decoder.Decode(message.Data, message.IsBinary, out decoded);
        }
#pragma warning disable CA1031 // An exception of an application's decoder is raised as an error event, and the connection stays open.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            HandlerFailed(connection, "", exception, cancellationToken);
            return default;
        }

        if (outcome != DecodeOutcome.Decoded)
        {
            Refuse(connection, outcome, message, decoded);
            return default;
        }

        var route = routes.Find(decoded.Event.Span);
        if (route is null)
        {
            if (options.Strict)
            {
                Raise(connection, ErrorNames.Validation, Truncate(decoded.Event), "there is no such event");
            }

            return default;
        }

        var received = new ScalerMessage(route.Name, message.Data, message.IsBinary, decoded.Arguments, options.Json);
        foreach (var validator in route.Validators)
        {
            if (Check(validator, received, out var exception) is { } error)
            {
                errors.Raise(ErrorNames.Validation, connection.Account.Name, connection.Id, exception, route.Name, error);
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
            HandlerFailed(connection, route.Name, exception, cancellationToken);
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
            HandlerFailed(connection, route.Name, exception, cancellationToken);
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
                HandlerFailed(connection, route.Name, exception, cancellationToken);
            }
        }
    }

    private static string? Check(Func<ScalerMessage, string?> validator, in ScalerMessage message, out Exception? thrown)
    {
        thrown = null;
        try
        {
            return validator(message);
        }
#pragma warning disable CA1031 // A validator's exception rejects the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (ScalerMessage.IsInvalidArgument(exception))
            {
                return "an argument is not valid: " + exception.Message;
            }

            thrown = exception;
            return "the validator failed: " + exception.Message;
        }
    }

    private void HandlerFailed(
        ScalerConnection connection, string eventName, Exception exception, CancellationToken cancellationToken)
    {
        if (ScalerMessage.IsInvalidArgument(exception))
        {
            Raise(connection, ErrorNames.Validation, eventName, "an argument is not valid: " + exception.Message);
        }
        else if (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            errors.Raise(
                ErrorNames.Handler, connection.Account.Name, connection.Id, exception, eventName,
                ErrorReporter.Describe(exception));
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
        errors.Raise(name, connection.Account.Name, connection.Id, arguments);

    /// <summary>
    /// Decodes bytes of a client as UTF-8, escapes and truncates them to <see cref="ScalerOptions.MaxErrorMessageLength"/>
    /// characters. Invalid sequences become U+FFFD.
    /// </summary>
    private string Truncate(ReadOnlyMemory<byte> bytes)
    {
        var maxLength = options.MaxErrorMessageLength;
        var length = (int)Math.Min(bytes.Length, (maxLength * 4L) + 4);
        return LogText.Escape(Encoding.UTF8.GetString(bytes.Span[..length]), maxLength);
    }
}
