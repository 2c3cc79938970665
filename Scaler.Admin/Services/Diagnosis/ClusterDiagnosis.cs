using Scaler.Admin.Services.Live;
using Scaler.Admin.Services.Text;

namespace Scaler.Admin.Services.Diagnosis;

/// <summary>Reads a snapshot for what is wrong, worst first: the first thing that somebody called at night wants to know.</summary>
public static class ClusterDiagnosis
{
    private const double SlowRedisMilliseconds = 50;
    /// <summary>Longer than this is worth a look.</summary>
    internal const double SlowBusMilliseconds = 250;

    private const long ManyQueuedBytes = 64L << 20;
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan JustStarted = TimeSpan.FromMinutes(2);

    /// <summary>The findings of a moment. That Redis is away is none of them: every page says so, above all else.</summary>
    public static IReadOnlyList<Finding> Of(ClusterSnapshot cluster, ErrorSnapshot errors, RegistrySnapshot? registry = null)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(errors);
        return
        [
            .. Redis(cluster)
                .Concat(cluster.HasData && !cluster.IsStale ? Servers(cluster) : [])
                .Concat(registry is { State: RegistryState.Different } && !cluster.IsStale ? [Registry(registry)] : [])
                .Concat(ErrorDiagnosis.Of(errors))
                .OrderByDescending(finding => finding.Severity),
        ];
    }

    private static IEnumerable<Finding> Redis(ClusterSnapshot cluster)
    {
        if (cluster.Link.State == LinkState.Up && cluster.Link.RoundTrip.TotalMilliseconds > SlowRedisMilliseconds)
        {
            yield return new Finding(
                Severity.Warning,
                $"Redis takes {Format.Milliseconds(cluster.Link.RoundTrip.TotalMilliseconds)} to answer",
                "Every send to another server waits that long at least. Look for slow commands, a saturated CPU or swapping on its machine.");
        }
    }

    private static Finding Registry(RegistrySnapshot registry) => new(
        Severity.Critical,
        $"The registry differs from what {string.Join(", ", registry.Differing.Select(server => server.Server))} " +
        $"{(registry.Differing.Count() == 1 ? "holds" : "hold")}",
        string.Join(" ", registry.Differing.Select(server => server.Held is { } held
            ? $"{server.Server} holds {Format.Count(held, "connection")}, the registry has {Format.Count(server.Registered)}."
            : $"{server.Server} did not say what it holds.")) +
        " Sends may miss connections, or go nowhere. A server that sees it registers everything anew within seconds; if it stays, restart it.",
        "servers", "Servers");

    private static IEnumerable<Finding> Servers(ClusterSnapshot cluster)
    {
        if (!cluster.Live.Any())
        {
            yield return new Finding(
                Severity.Critical,
                "No server holds a lease",
                "No client is connected and none can connect. Either no server runs, or none of them reaches this Redis under this prefix.");
        }

        foreach (var (info, _) in cluster.Servers)
        {
            foreach (var finding in Server(info, cluster.At))
            {
                yield return finding;
            }
        }

        var versions = cluster.Live.Select(server => server.Info.Version).Where(version => version is not null).Distinct().Order().ToArray();
        if (versions.Length > 1)
        {
            yield return new Finding(
                Severity.Note, $"Servers run {versions.Length} versions: {string.Join(", ", versions)}", "Expected during a deployment; otherwise one was missed.", "servers", "Servers");
        }
    }

    private static IEnumerable<Finding> Server(ServerInfo server, DateTimeOffset now)
    {
        if (server.State == ServerState.Dead)
        {
            yield return new Finding(
                Severity.Critical,
                $"Server {server.Id} is gone: its lease has ended",
                $"It was killed, hangs, or does not reach Redis. It held {Format.Count(server.Connections, "connection")}; " +
                "sends no longer try them, and their clients can connect to any other server at once.",
                "servers", "Servers");
            yield break;
        }

        if (server.State == ServerState.Draining)
        {
            yield return new Finding(
                Severity.Note,
                $"Server {server.Id} {(server.Connections > 0 ? "is draining" : "is drained")}",
                server.Connections > 0
                    ? $"It is about to stop, or was asked to drain; {Format.Count(server.Connections, "client")} still to be closed."
                    : "It takes no client until it is told to resume, or stopped.",
                "servers", "Servers");
        }

        if (server.BusMilliseconds < 0)
        {
            yield return new Finding(
                Severity.Critical,
                $"Server {server.Id} does not hear the bus",
                $"Messages from other servers don't reach its {Format.Count(server.Connections, "connection")}: its subscription to Redis is silently dead. It tries to repair it.",
                "servers", "Servers");
        }
        else if (server.BusMilliseconds > SlowBusMilliseconds)
        {
            yield return new Finding(
                Severity.Warning,
                $"The bus takes {Format.Milliseconds(server.BusMilliseconds)} to reach server {server.Id}",
                "Its process or Redis is busy; messages from other servers arrive that much later.",
                "servers", "Servers");
        }

        if (server.DeliveryP99Milliseconds > SlowBusMilliseconds)
        {
            yield return new Finding(
                Severity.Warning,
                $"One message in a hundred takes {Format.Milliseconds(server.DeliveryP99Milliseconds.Value)} or more to reach server {server.Id}",
                $"Half of the {Format.Count(server.Deliveries)} of the last seconds took {Format.Milliseconds(server.DeliveryMedianMilliseconds ?? 0)}. " +
                "If the bus is slow too, its process or Redis is busy; if not, it has more to deliver than it keeps up with.",
                "servers", "Servers");
        }

        if (server.State == ServerState.Up && server.LeaseRemaining < ShortLease)
        {
            yield return new Finding(
                Severity.Warning,
                $"Server {server.Id} is late to renew its lease",
                $"{server.LeaseRemaining.TotalSeconds:0.0} s are left. It is paused (garbage collection, a starved machine) or Redis answers it slowly; at zero its clients are given up.",
                "servers", "Servers");
        }

        if (server.QueuedBytes > ManyQueuedBytes)
        {
            yield return new Finding(
                Severity.Warning,
                $"{Format.Bytes(server.QueuedBytes)} wait in the queues of server {server.Id}",
                "Clients read slower than they are sent to, or its network is saturated. A client past its limit is closed.",
                "servers", "Servers");
        }

        if (server.State == ServerState.Up && now - server.StartedAt < JustStarted)
        {
            yield return new Finding(
                Severity.Note, $"Server {server.Id} started {Format.Duration(now - server.StartedAt)} ago", "If nobody deployed it, it was restarted: its log says why.", "servers", "Servers");
        }
    }
}
