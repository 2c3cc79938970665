namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>Specifies how a probe has changed the state of a server.</summary>
internal enum ReachabilityChange
{
    /// <summary>The state has not changed.</summary>
    None,

    /// <summary>The server has become unreachable, or remains unreachable at a new URL.</summary>
    Lost,

    /// <summary>The server is reachable again.</summary>
    Found,
}
