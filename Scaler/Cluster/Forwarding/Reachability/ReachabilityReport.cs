namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>Represents a report of another server that it cannot reach this server.</summary>
/// <param name="Server">The ID of the reporting server.</param>
/// <param name="Url">The URL of this server, without credentials and query.</param>
/// <param name="Reason">The reason in words.</param>
internal sealed record ReachabilityReport(string Server, string Url, string Reason);
