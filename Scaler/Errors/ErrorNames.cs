namespace Scaler;

/// <summary>The names of the error events.</summary>
public static class ErrorNames
{
    /// <summary>What every error event's name begins with.</summary>
    public const string Prefix = "error::";

    /// <summary><c>error::connect</c> (account, connection id): a connection could not be stored in Redis; until it is, other servers can't find it. Critical.</summary>
    public const string Connect = "error::connect";

    /// <summary><c>error::disconnect</c> (account, connection id): a connection could not be removed; it expires by itself, until then sends may go to this server in vain.</summary>
    public const string Disconnect = "error::disconnect";

    /// <summary><c>error::json</c> (message): the decoder could not parse a received message. Critical.</summary>
    public const string Json = "error::json";

    /// <summary><c>error::invalid</c> (message): a received message is JSON, but not an object. Critical.</summary>
    public const string Invalid = "error::invalid";

    /// <summary><c>error::validation</c> (event, error): the event of a received message is missing, or unknown in strict mode, or its validator refused it.</summary>
    public const string Validation = "error::validation";

    /// <summary><c>error::handler</c> (event, error): the application's handler of an event threw. Critical.</summary>
    public const string Handler = "error::handler";

    /// <summary><c>error::limit</c> (account, limit): a client was refused or closed because a limit was reached; the second argument says which. The account is empty where a handshake was refused: nobody has proved it yet.</summary>
    public const string Limit = "error::limit";

    /// <summary>Whether an error of this name asks for action.</summary>
    /// <param name="name">One of the names of this class.</param>
    public static bool IsCritical(string name) => name is Connect or Json or Invalid or Handler;
}
