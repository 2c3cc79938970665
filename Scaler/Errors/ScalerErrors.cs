namespace Scaler;

/// <summary>
/// Exposes the errors of a server as events. The library does not log them: the listeners decide what to log. A listener runs
/// on the thread on which the error occurred and must not block. Exceptions of a listener are ignored so that they do not
/// affect the connection.
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
    /// Occurs when a handler threw an exception (<c>error::handler</c>). Arguments: the event name; the exception type and
    /// message. Critical.
    /// </summary>
    public event Action<string, string>? Handler;

    /// <summary>
    /// Occurs when a limit was reached (<c>error::limit</c>). Arguments: the account, empty if a handshake was refused; the
    /// limit.
    /// </summary>
    public event Action<string, string>? Limit;

    /// <summary>Occurs for every error event, with its context.</summary>
    public event Action<ScalerError>? Raised;

    internal void Raise(ScalerError error)
    {
        var first = error.Arguments[0];
        var second = error.Arguments.Count > 1 ? error.Arguments[1] : "";
        switch (error.Name)
        {
            case ErrorNames.Connect: Call(Connect, first, second); break;
            case ErrorNames.Disconnect: Call(Disconnect, first, second); break;
            case ErrorNames.Json: Call(Json, first); break;
            case ErrorNames.Invalid: Call(Invalid, first); break;
            case ErrorNames.Validation: Call(Validation, first, second); break;
            case ErrorNames.Handler: Call(Handler, first, second); break;
            case ErrorNames.Limit: Call(Limit, first, second); break;
        }

        Call(Raised, error);
    }

    private static void Call<T>(Action<T>? listeners, T argument)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(listeners))
        {
            Guard(() => listener(argument));
        }
    }

    private static void Call(Action<string, string>? listeners, string first, string second)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(listeners))
        {
            Guard(() => listener(first, second));
        }
    }

    private static void Guard(Action call)
    {
        try
        {
            call();
        }
#pragma warning disable CA1031 // An exception of an application's listener must not affect the connection.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
