namespace Scaler;

/// <summary>
/// Exposes the errors of a server as events. The listeners decide what to log. The library logs an event that has no listener, at
/// a limited rate. A listener runs on the thread on which the error occurred and must not block. An exception of a listener is
/// logged and does not affect the connection.
/// </summary>
public sealed class ScalerErrors
{
    /// <summary>
    /// Occurs when a connection could not be registered in Redis (<c>error::connect</c>). Arguments: account, connection id.
    /// Critical.
    /// </summary>
    public event Action<string, string>? Connect;

    /// <summary>
    /// Occurs when a connection could not be removed from Redis (<c>error::disconnect</c>). Arguments: account, connection id.
    /// </summary>
    public event Action<string, string>? Disconnect;

    /// <summary>
    /// Occurs when the decoder could not parse a message (<c>error::json</c>). Argument: the message. Critical.
    /// </summary>
    public event Action<string>? Json;

    /// <summary>Occurs when a message is not a JSON object (<c>error::invalid</c>). Argument: the message. Critical.</summary>
    public event Action<string>? Invalid;

    /// <summary>
    /// Occurs when a message is not valid (<c>error::validation</c>). Arguments: the event name, empty if missing; the error.
    /// </summary>
    public event Action<string, string>? Validation;

    /// <summary>
    /// Occurs when application code threw an exception while it handled a message (<c>error::handler</c>). Arguments: the event
    /// name, empty if the decoder threw; the exception. Critical.
    /// </summary>
    public event Action<string, Exception>? Handler;

    /// <summary>
    /// Occurs when a limit was reached (<c>error::limit</c>). Arguments: the account, empty if a handshake was refused; the
    /// limit.
    /// </summary>
    public event Action<string, string>? Limit;

    /// <summary>Occurs for every error event, with its context.</summary>
    public event Action<ScalerError>? Raised;

    /// <summary>Occurs for every error event, and does not count as a listener of the application.</summary>
    internal event Action<ScalerError>? Observed;

    /// <summary>Raises an error event.</summary>
    /// <param name="error">The event.</param>
    /// <param name="onException">The callback that receives the exceptions of the listeners.</param>
    /// <returns><see langword="true"/> if the event has a listener; otherwise, <see langword="false"/>.</returns>
    internal bool Raise(ScalerError error, Action<ScalerError, Exception> onException)
    {
        var first = error.Arguments[0];
        var second = error.Arguments.Count > 1 ? error.Arguments[1] : "";
        var hasListener = error.Name switch
        {
            ErrorNames.Connect => Call(Connect, listener => listener(first, second)),
            ErrorNames.Disconnect => Call(Disconnect, listener => listener(first, second)),
            ErrorNames.Json => Call(Json, listener => listener(first)),
            ErrorNames.Invalid => Call(Invalid, listener => listener(first)),
            ErrorNames.Validation => Call(Validation, listener => listener(first, second)),
            ErrorNames.Handler => Call(Handler, listener => listener(first, error.Exception!)),
            ErrorNames.Limit => Call(Limit, listener => listener(first, second)),
            _ => false,
        };
        hasListener |= Call(Raised, listener => listener(error));
        Call(Observed, listener => listener(error));
        return hasListener;

        bool Call<T>(T? listeners, Action<T> call)
            where T : Delegate
        {
            foreach (var listener in Delegate.EnumerateInvocationList(listeners))
            {
                try
                {
                    call(listener);
                }
#pragma warning disable CA1031 // An exception of an application's listener must not affect the connection.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    onException(error, exception);
                }
            }

            return listeners is not null;
        }
    }
}
