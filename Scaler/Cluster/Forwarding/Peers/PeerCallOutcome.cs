namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Specifies the outcome of a request to another server.</summary>
internal enum PeerCallOutcome
{
    /// <summary>The request cannot be sent over a peer connection. It has not been sent.</summary>
    NotSupported,

    /// <summary>The other server answered the request.</summary>
    Completed,

    /// <summary>The other server aborted the request.</summary>
    Aborted,

    /// <summary>The client disconnected before the response arrived.</summary>
    Canceled,

    /// <summary>The other server is unreachable, or the connection ended before the response arrived.</summary>
    Unreachable,
}
