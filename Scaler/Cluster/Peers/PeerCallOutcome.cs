namespace Scaler.Cluster.Peers;

/// <summary>How a request to another server ended.</summary>
internal enum PeerCallOutcome
{
    /// <summary>It can't go this way: nothing has been asked.</summary>
    NotCarried,

    /// <summary>There is an answer.</summary>
    Answered,

    /// <summary>The other server cut the request off.</summary>
    Aborted,

    /// <summary>The client is gone.</summary>
    Canceled,

    /// <summary>The other server is not there, or no longer.</summary>
    Unreachable,
}
