using System.Text.Json;

namespace Scaler;

public sealed partial class ScalerServer
{
    /// <summary>Listens for an error event of one argument: <c>error::json</c> or <c>error::invalid</c>.</summary>
    /// <exception cref="ArgumentException">There is no such error event, or it has two arguments.</exception>
    public void On(string errorName, Action<string> listener)
    {
        switch (errorName)
        {
            case ErrorNames.Json: Errors.Json += listener; break;
            case ErrorNames.Invalid: Errors.Invalid += listener; break;
            default: throw Unknown(errorName, "one argument", $"{ErrorNames.Json}, {ErrorNames.Invalid}");
        }
    }

    /// <summary>Listens for an error event of two arguments: <c>error::connect</c>, <c>error::disconnect</c>, <c>error::validation</c>, <c>error::handler</c> or <c>error::limit</c>.</summary>
    /// <exception cref="ArgumentException">There is no such error event, or it has one argument.</exception>
    public void On(string errorName, Action<string, string> listener)
    {
        switch (errorName)
        {
            case ErrorNames.Connect: Errors.Connect += listener; break;
            case ErrorNames.Disconnect: Errors.Disconnect += listener; break;
            case ErrorNames.Validation: Errors.Validation += listener; break;
            case ErrorNames.Handler: Errors.Handler += listener; break;
            case ErrorNames.Limit: Errors.Limit += listener; break;
            default:
                throw Unknown(
                    errorName, "two arguments",
                    $"{ErrorNames.Connect}, {ErrorNames.Disconnect}, {ErrorNames.Validation}, {ErrorNames.Handler}, {ErrorNames.Limit}");
        }
    }

    /// <summary>Handles an event. Several handlers of one event are called one after the other.</summary>
    /// <param name="eventName">The event, any name that does not begin with <c>error::</c>.</param>
    /// <param name="handler">The business logic.</param>
    public void On(string eventName, ScalerMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _routes.AddHandler(ValidEvent(eventName), handler);
    }

    /// <summary>Handles an event whose first argument is a <typeparamref name="T"/>. A message whose first argument is none raises <c>error::validation</c>.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="handler">The business logic: who sent it, the argument (the default where there is none), and a token that is cancelled when the connection ends.</param>
    public void On<T>(string eventName, Func<ScalerConnection, T?, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Validate<T>(eventName, static _ => null);
        On(eventName, (ScalerMessageHandler)((connection, message, cancellationToken) =>
            handler(connection, message.Argument<T>(0), cancellationToken)));
    }

    /// <summary>Checks the messages of an event before any handler sees them.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="validator">Gives what is wrong with a message, or null where it is right.</param>
    public void Validate(string eventName, Func<ScalerMessage, string?> validator)
    {
        ArgumentNullException.ThrowIfNull(validator);
        _routes.AddValidator(ValidEvent(eventName), validator);
    }

    /// <summary>Checks the first argument of an event's messages.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="validator">Gives what is wrong with the argument (the default where there is none), or null where it is right.</param>
    public void Validate<T>(string eventName, Func<T?, string?> validator)
    {
        ArgumentNullException.ThrowIfNull(validator);
        Validate(eventName, message =>
        {
            try
            {
                return validator(message.Argument<T>(0));
            }
            catch (JsonException exception)
            {
                return $"the first argument is no {typeof(T).Name}: {exception.Message}";
            }
        });
    }

    internal EventRoute? Route(ReadOnlySpan<byte> eventName) => _routes.Find(eventName);

    private static string ValidEvent(string eventName)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return eventName.StartsWith(ErrorNames.Prefix, StringComparison.Ordinal)
            ? throw new ArgumentException($"'{eventName}' is an error event's name; a message cannot have it.", nameof(eventName))
            : eventName;
    }

    private static ArgumentException Unknown(string name, string arguments, string known) =>
        new($"'{name}' is no error event of {arguments}; these are: {known}.", nameof(name));
}
