using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Services.Diagnosis;

/// <summary>Detects problems in a snapshot of the cluster and orders them by severity, for the operator on call.</summary>
public static class ClusterDiagnosis
{
    private const double SlowRedisMilliseconds = 50;

    /// <summary>The bus latency and the delivery p99, in milliseconds, above which a warning is reported.</summary>
    internal const double SlowBusMilliseconds = 250;

    private const long ManyQueuedBytes = 64L << 20;
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan JustStarted = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Returns the findings for a snapshot. A Redis outage is not a finding, because every page shows it in a bar at the top.
    /// </summary>
    /// <param name="cluster">The cluster snapshot.</param>
    /// <param name="errors">The recent errors.</param>
    /// <param name="registry">The last registry check, or <see langword="null"/> if there is none.</param>
    /// <returns>The findings, most severe first.</returns>
    public static IReadOnlyList<Finding> Diagnose(ClusterSnapshot cluster, ErrorSnapshot errors, RegistrySnapshot? registry = null)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(errors);
        return
        [
            .. Redis(cluster)
                .Concat(cluster.HasData && !cluster.IsStale ? Servers(cluster) : [])
                .Concat(registry is { State: RegistryState.Mismatch } && !cluster.IsStale ? [Registry(registry)] : [])
                .Concat(ErrorDiagnosis.Diagnose(errors))
                .OrderByDescending(finding => finding.Severity),
        ];
    }

    private static IEnumerable<Finding> Redis(ClusterSnapshot cluster)
    {
        if (cluster.Redis.State == RedisState.Up && cluster.Redis.RoundTrip.TotalMilliseconds > SlowRedisMilliseconds)
        {
            yield return new Finding(
                Severity.Warning,
                $"Redis responds slowly: {Format.Milliseconds(cluster.Redis.RoundTrip.TotalMilliseconds)}",
                "Every send to another server takes at least this long. Check Redis for slow commands, CPU saturation and swapping.");
        }
    }

    private static Finding Registry(RegistrySnapshot registry) => new(
        Severity.Critical,
        $"The registry does not match the connections of {string.Join(", ", registry.MismatchedServers.Select(server => server.Server))}",
        string.Join(" ", registry.MismatchedServers.Select(server => server.Held is { } held
            ? $"{server.Server} has {Format.Count(held, "connection")}; the registry lists {Format.Count(server.Registered)}."
            : $"{server.Server} did not report its connections.")) +
        " Messages may miss connections. A server that detects the mismatch registers all of its connections again within seconds. If the mismatch persists, restart the server.",
        "servers", "Servers");

    private static IEnumerable<Finding> Servers(ClusterSnapshot cluster)
    {
        if (!cluster.LiveServers.Any())
        {
            yield return new Finding(
                Severity.Critical,
                "No server holds a lease",
                "No clients are connected, and none can connect. Either no server is running, or none reaches this Redis with this prefix.");
        }

        if (cluster.IgnoredServerEntries is > 0 and var ignored)
        {
            yield return new Finding(
                Severity.Warning,
                ignored == 1
                    ? "1 server entry is not signed by this cluster"
                    : $"{Format.Count(ignored)} server entries are not signed by this cluster",
                "The servers and Admin ignore them. Either a server has another Cluster:Secret, or its clock is more than a minute "
                + "off, or a process that is no server of this cluster writes to Redis. The servers' logs name the entries.");
        }

        foreach (var (info, _) in cluster.Servers)
        {
            foreach (var finding in Server(info, cluster.At))
            {
                yield return finding;
            }
        }

        foreach (var finding in ReachabilityDiagnosis.Diagnose(cluster))
        {
            yield return finding;
        }

        var versions = cluster.LiveServers.Select(server => server.Info.Version).Where(version => version is not null).Distinct().Order().ToArray();
        if (versions.Length > 1)
        {
            yield return new Finding(
                Severity.Note, $"Servers run {versions.Length} versions: {string.Join(", ", versions)}", "Expected during a deployment. Otherwise, a server was not updated.", "servers", "Servers");
        }
    }

    private static IEnumerable<Finding> Server(ServerInfo server, DateTimeOffset now)
    {
        if (server.State == ServerState.Dead)
        {
            yield return new Finding(
                Severity.Critical,
                $"Server {server.Id} is down: its lease has expired",
                $"The process stopped, hangs, or cannot reach Redis. It had {Format.Count(server.Connections, "connection")}. " +
                "Messages are no longer sent to them, and their clients can connect to any other server.",
                "servers", "Servers");
            yield break;
        }

        if (server.State == ServerState.Draining)
        {
            yield return new Finding(
                Severity.Note,
                $"Server {server.Id} {(server.Connections > 0 ? "is draining" : "is drained")}",
                server.Connections > 0
                    ? $"The server is stopping, or an operator drained it. {Format.Count(server.Connections, "connection")} remaining."
                    : "The server accepts no clients until it is resumed or restarted.",
                "servers", "Servers");
        }

        if (server.BusMilliseconds < 0)
        {
            yield return new Finding(
                Severity.Critical,
                $"Server {server.Id} receives no bus messages",
                $"Messages from other servers do not reach its {Format.Count(server.Connections, "connection")}. Its Redis subscription has failed silently; the server is trying to restore it.",
                "servers", "Servers");
        }
        else if (server.BusMilliseconds > SlowBusMilliseconds)
        {
            yield return new Finding(
                Severity.Warning,
                $"The bus latency of server {server.Id} is {Format.Milliseconds(server.BusMilliseconds)}",
                "The server process or Redis is busy. Messages from other servers are delayed by this time.",
                "servers", "Servers");
        }

        if (server.DeliveryP99Milliseconds > SlowBusMilliseconds)
        {
            yield return new Finding(
                Severity.Warning,
                $"The delivery p99 of server {server.Id} is {Format.Milliseconds(server.DeliveryP99Milliseconds.Value)}",
                $"The median of {Format.Count(server.Deliveries, "message")} in the last seconds is {Format.Milliseconds(server.DeliveryMedianMilliseconds ?? 0)}. " +
                "If the bus latency is high too, the server process or Redis is busy. Otherwise, the server is overloaded with deliveries.",
                "servers", "Servers");
        }

        if (server.State == ServerState.Up && server.LeaseRemaining < ShortLease)
        {
            yield return new Finding(
                Severity.Warning,
                $"Server {server.Id} is late in renewing its lease",
                $"{server.LeaseRemaining.TotalSeconds:0.0} s remaining. The server is paused (garbage collection, CPU starvation) or Redis responds slowly. When the lease expires, its connections are removed from the registry.",
                "servers", "Servers");
        }

        if (server.QueuedBytes > ManyQueuedBytes)
        {
            yield return new Finding(
                Severity.Warning,
                $"Server {server.Id} has {Format.Bytes(server.QueuedBytes)} in its send queues",
                "Clients read more slowly than messages are sent, or the network is saturated. The server closes clients that exceed their queue limit.",
                "servers", "Servers");
        }

        if (server.State == ServerState.Up && now - server.StartedAt < JustStarted)
        {
            yield return new Finding(
                Severity.Note, $"Server {server.Id} started {Format.Duration(now - server.StartedAt)} ago", "If this was not a deployment, the server restarted. See its log for the reason.", "servers", "Servers");
        }
    }
}
