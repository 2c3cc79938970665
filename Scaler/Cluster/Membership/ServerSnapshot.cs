using System.Reflection;
using Scaler.Cluster.Node;
using ClusterNode = Scaler.Cluster.Node.ClusterNode;

namespace Scaler.Cluster.Membership;

/// <summary>Describes this server's state and load, which each renewal of the lease publishes.</summary>
internal sealed class ServerSnapshot(string id, ClusterNode node, ILocalConnections local, DrainState drain)
{
    /// <summary>
    /// The maximum number of unreachable servers in the lease. It keeps the leases small if no server reaches any other.
    /// </summary>
    private const int MaxUnreachable = 10;

    private static readonly string? LibraryVersion =
        typeof(ServerSnapshot).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private readonly DateTimeOffset _startedAt = node.Time.GetUtcNow();

    /// <summary>Gets or sets the URL at which other servers reach this server, or <see langword="null"/> before it listens.</summary>
    public string? Url { get; set; }

    /// <summary>Gets or sets the other servers that this server cannot reach.</summary>
    public IReadOnlyList<UnreachableServer> Unreachable { get; set; } = [];

    public ServerState State => drain.IsDraining ? ServerState.Draining : ServerState.Up;

    public ServerInfo Take(long epoch)
    {
        var (queued, webSockets) = local.Measure();
        var unreachable = Unreachable;
        var deliveries = node.Metrics.DeliveryLatency.Summarize();
        return new ServerInfo
        {
            Id = id,
            Epoch = epoch,
            Url = Url,
            State = State,
            Version = LibraryVersion,
            StartedAt = _startedAt,
            Connections = local.ConnectionCount,
            WebSockets = webSockets,
            Accounts = local.AccountCount,
            Received = node.Metrics.Received,
            Sent = node.Metrics.Delivered,
            Errors = node.Metrics.Errors,
            QueuedBytes = queued,
            MemoryBytes = Environment.WorkingSet,
            BusMilliseconds = node.Probe.LastMilliseconds,
            Deliveries = deliveries.Count,
            DeliveryMedianMilliseconds = deliveries.Count > 0 ? deliveries.MedianMilliseconds : null,
            DeliveryP99Milliseconds = deliveries.Count > 0 ? deliveries.P99Milliseconds : null,
            Telemetry = TelemetryName.Current,
            Unreachable = [.. unreachable.Take(MaxUnreachable)],
            UnreachableCount = unreachable.Count,
        };
    }
}
