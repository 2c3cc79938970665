namespace Scaler;

/// <summary>Defines the names of the error events.</summary>
public static class ErrorNames
{
    /// <summary>The prefix of every error event name.</summary>
    public const string Prefix = "error::";

    /// <summary>
    /// <c>error::connect</c> (account, connection id): a connection could not be registered in Redis. Other servers cannot find
    /// the connection until a retry registers it. Critical.
    /// </summary>
    public const string Connect = "error::connect";

    /// <summary>
    /// <c>error::disconnect</c> (account, connection id): a connection could not be removed from Redis. Until a retry removes
    /// it or it expires, other servers may send messages for it to this server without effect.
    /// </summary>
    public const string Disconnect = "error::disconnect";

    /// <summary><c>error::json</c> (message): the decoder could not parse a received message. Critical.</summary>
    public const string Json = "error::json";

    /// <summary><c>error::invalid</c> (message): a received message is JSON, but not an object. Critical.</summary>
    public const string Invalid = "error::invalid";

    /// <summary>
    /// <c>error::validation</c> (event, error): the event of a received message is missing, or unknown in strict mode, or a
    /// validator rejected the message, or <c>args</c> is not an array.
    /// </summary>
    public const string Validation = "error::validation";

    /// <summary><c>error::handler</c> (event, error): an application handler threw an exception. Critical.</summary>
    public const string Handler = "error::handler";

    /// <summary>
    /// <c>error::limit</c> (account, limit): a client was refused or disconnected because a limit was reached. The second
    /// argument names the limit. The account is empty if a handshake was refused, because the account is not verified at that
    /// point.
    /// </summary>
    public const string Limit = "error::limit";

    /// <summary>Determines whether an error event is critical, that is, whether it requires action by an operator.</summary>
    /// <param name="name">The name of the error event, one of the constants of this class.</param>
    /// <returns><see langword="true"/> if the error event is critical; otherwise, <see langword="false"/>.</returns>
    public static bool IsCritical(string name) => name is Connect or Json or Invalid or Handler;
}
