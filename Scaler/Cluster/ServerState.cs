namespace Scaler;

/// <summary>What a server is doing, as its lease says.</summary>
public enum ServerState
{
    /// <summary>It holds its lease and takes new connections.</summary>
    Up,

    /// <summary>It takes no new connection and closes the ones it has: it is about to stop, or an operator asked it to.</summary>
    Draining,

    /// <summary>Its lease is gone. Its connections are in no read any more; the other servers remove its entries.</summary>
    Dead,
}
