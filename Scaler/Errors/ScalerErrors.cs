namespace Scaler;

/// <summary>
/// What goes wrong, as events. The library logs none of it: whoever listens decides. A listener is called on the thread on which the error
/// happened and must not block; what it throws is passed over, so that it cannot harm the connection concerned.
/// </summary>
public sealed class ScalerErrors
{
    /// <summary><c>error::connect</c>: account and connection id of a connection that could not be stored. Critical.</summary>
    public event Action<string, string>? Connect;

    /// <summary><c>error::disconnect</c>: account and connection id of a connection that could not be removed.</summary>
    public event Action<string, string>? Disconnect;

    /// <summary><c>error::json</c>: a message that the decoder could not parse. Critical.</summary>
    public event Action<string>? Json;

    /// <summary><c>error::invalid</c>: a message that is not an object. Critical.</summary>
    public event Action<string>? Invalid;

    /// <summary><c>error::validation</c>: the event (empty where it is missing) and what is wrong.</summary>
    public event Action<string, string>? Validation;

    /// <summary><c>error::handler</c>: the event whose handler threw, and what it threw. Critical.</summary>
    public event Action<string, string>? Handler;

    /// <summary><c>error::limit</c>: the account and which limit was reached.</summary>
    public event Action<string, string>? Limit;

    /// <summary>Any of them, with what is known of where it happened.</summary>
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
#pragma warning disable CA1031 // A listener is the application's; whatever it throws, the connection must not pay for it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
