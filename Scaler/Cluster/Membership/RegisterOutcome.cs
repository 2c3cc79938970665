namespace Scaler.Cluster.Membership;

/// <summary>Specifies the outcome of registering a connection.</summary>
internal enum RegisterOutcome
{
    /// <summary>The connection is registered, and every server can find it.</summary>
    Registered,

    /// <summary>Redis did not answer in time. A later renewal cycle registers the connection.</summary>
    Failed,

    /// <summary>The account already has the maximum number of connections.</summary>
    LimitReached,
}
