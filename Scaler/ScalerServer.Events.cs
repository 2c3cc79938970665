using System.Text.Json;

namespace Scaler;

public sealed partial class ScalerServer
{
    /// <summary>Adds a listener for an error event with one argument: <c>error::json</c> or <c>error::invalid</c>.</summary>
    /// <param name="errorName">The name of the error event, one of <see cref="ErrorNames"/>.</param>
    /// <param name="listener">The listener. It receives the message that caused the error.</param>
    /// <exception cref="ArgumentException">The error event does not exist, or it has two arguments.</exception>
    public void On(string errorName, Action<string> listener)
    {
        switch (errorName)
        {
            case ErrorNames.Json: Errors.Json += listener; break;
            case ErrorNames.Invalid: Errors.Invalid += listener; break;
            default: throw Unknown(errorName, "one argument", $"{ErrorNames.Json}, {ErrorNames.Invalid}");
        }
    }

    /// <summary>
    /// Adds a listener for an error event with two arguments: <c>error::connect</c>, <c>error::disconnect</c>,
    /// <c>error::validation</c>, <c>error::handler</c> or <c>error::limit</c>.
    /// </summary>
    /// <param name="errorName">The name of the error event, one of <see cref="ErrorNames"/>.</param>
    /// <param name="listener">The listener. <see cref="ErrorNames"/> describes the arguments of each event.</param>
    /// <exception cref="ArgumentException">The error event does not exist, or it has one argument.</exception>
    public void On(string errorName, Action<string, string> listener)
    {
        switch (errorName)
        {
            case ErrorNames.Connect: Errors.Connect += listener; break;
            case ErrorNames.Disconnect: Errors.Disconnect += listener; break;
            case ErrorNames.Validation: Errors.Validation += listener; break;
            case ErrorNames.Handler:
                Errors.Handler += (name, exception) => listener(name, ErrorReporter.Describe(exception));
                break;
            case ErrorNames.Limit: Errors.Limit += listener; break;
            default:
                throw Unknown(
                    errorName, "two arguments",
                    $"{ErrorNames.Connect}, {ErrorNames.Disconnect}, {ErrorNames.Validation}, "
                    + $"{ErrorNames.Handler}, {ErrorNames.Limit}");
        }
    }

    /// <summary>
    /// Adds a handler for an event. Handlers of the same event run sequentially, in the order in which they were added.
    /// </summary>
    /// <param name="eventName">The event name. It must not begin with <c>error::</c>.</param>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null, empty, or begins with <c>error::</c>.
    /// </exception>
    public void On(string eventName, ScalerMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _routes.AddHandler(ValidEvent(eventName), handler);
    }

    /// <summary>
    /// Adds a handler for an event whose first argument is a <typeparamref name="T"/>. A message whose first argument cannot be
    /// deserialized as <typeparamref name="T"/> raises <c>error::validation</c>.
    /// </summary>
    /// <typeparam name="T">The type of the first argument.</typeparam>
    /// <param name="eventName">The event name. It must not begin with <c>error::</c>.</param>
    /// <param name="handler">
    /// The handler. It receives the connection of the sender, the argument, and a token that is cancelled when the connection
    /// ends. The argument is <see langword="default"/> if the message has no arguments.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null, empty, or begins with <c>error::</c>.
    /// </exception>
    /// <exception cref="NotSupportedException"><see cref="ScalerOptions.Json"/> has no <typeparamref name="T"/>.</exception>
    public void On<T>(string eventName, Func<ScalerConnection, T?, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Validate<T>(eventName, static _ => null);
        var contract = ArgumentTypes.Get<T>(_options.Json);
        On(eventName, (ScalerMessageHandler)((connection, message, cancellationToken) =>
            handler(connection, message.GetArgument(0, contract), cancellationToken)));
    }

    /// <summary>Adds a validator for the messages of an event. Validators run before the handlers.</summary>
    /// <param name="eventName">The event name. It must not begin with <c>error::</c>.</param>
    /// <param name="validator">
    /// The validator. It returns an error text, which raises <c>error::validation</c>, or <see langword="null"/> if the message
    /// is valid.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null, empty, or begins with <c>error::</c>.
    /// </exception>
    public void Validate(string eventName, Func<ScalerMessage, string?> validator)
    {
        ArgumentNullException.ThrowIfNull(validator);
        _routes.AddValidator(ValidEvent(eventName), validator);
    }

    /// <summary>Adds a validator for the first argument of an event's messages. Validators run before the handlers.</summary>
    /// <typeparam name="T">The type of the first argument.</typeparam>
    /// <param name="eventName">The event name. It must not begin with <c>error::</c>.</param>
    /// <param name="validator">
    /// The validator. It receives the argument, or <see langword="default"/> if the message has no arguments. It returns an
    /// error text, which raises <c>error::validation</c>, or <see langword="null"/> if the argument is valid.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null, empty, or begins with <c>error::</c>.
    /// </exception>
    /// <exception cref="NotSupportedException"><see cref="ScalerOptions.Json"/> has no <typeparamref name="T"/>.</exception>
    public void Validate<T>(string eventName, Func<T?, string?> validator)
    {
        ArgumentNullException.ThrowIfNull(validator);
        var contract = ArgumentTypes.Get<T>(_options.Json);
        Validate(eventName, message =>
        {
            try
            {
                return validator(message.GetArgument(0, contract));
            }
            catch (JsonException exception)
            {
                return $"the first argument is not a valid {typeof(T).Name}: {exception.Message}";
            }
        });
    }

    private static string ValidEvent(string eventName)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return eventName.StartsWith(ErrorNames.Prefix, StringComparison.Ordinal)
            ? throw new ArgumentException(
                $"'{eventName}' is reserved: names that begin with '{ErrorNames.Prefix}' are error events.", nameof(eventName))
            : eventName;
    }

    private static ArgumentException Unknown(string name, string arguments, string known) =>
        new($"'{name}' is not an error event with {arguments}. Error events with {arguments}: {known}.", nameof(name));
}
