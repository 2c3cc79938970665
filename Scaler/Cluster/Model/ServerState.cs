namespace Scaler;

/// <summary>Specifies the state of a server, according to its lease.</summary>
public enum ServerState
{
    /// <summary>The server holds its lease and accepts new connections.</summary>
    Up,

    /// <summary>
    /// The server accepts no new connections and closes the existing ones, because of a shutdown or an operator's request.
    /// </summary>
    Draining,

    /// <summary>
    /// The server's lease has expired. Reads no longer return its connections, and the other servers remove its entries.
    /// </summary>
    Dead,
}
