namespace Scaler.Admin.Services.Live;

/// <summary>Represents an immutable snapshot of the cluster.</summary>
public sealed record ClusterSnapshot
{
    /// <summary>Gets the snapshot before the first sample.</summary>
    public static ClusterSnapshot Empty { get; } = new() { Redis = new RedisStatus(RedisState.Unknown, default) };

    /// <summary>
    /// Gets the time when <see cref="Servers"/> and <see cref="Counts"/> were read. It does not advance during a Redis outage.
    /// </summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Gets the state of the connection to Redis.</summary>
    public required RedisStatus Redis { get; init; }

    /// <summary>Gets the servers, ordered by id.</summary>
    public IReadOnlyList<ServerSample> Servers { get; init; } = [];

    /// <summary>Gets the number of server entries in Redis that no server of this cluster has signed.</summary>
    public int IgnoredServerEntries { get; init; }

    /// <summary>Gets the counts of the registry, or <see langword="null"/> before the first sample.</summary>
    public ClusterCounts? Counts { get; init; }

    /// <summary>Gets the samples of the last minutes, oldest first.</summary>
    public IReadOnlyList<HistoryPoint> History { get; init; } = [];

    /// <summary>Gets a value indicating whether the snapshot contains data.</summary>
    public bool HasData => Counts is not null;

    /// <summary>Gets a value indicating whether Redis is unavailable, so that the data is from before the outage.</summary>
    public bool IsStale => Redis.State == RedisState.Down;

    /// <summary>Gets the servers that hold a lease.</summary>
    public IEnumerable<ServerSample> LiveServers => Servers.Where(server => server.Info.State != ServerState.Dead);

    /// <summary>Gets the total rates of all live servers.</summary>
    public Rates Rates => LiveServers.Aggregate(default(Rates), (sum, server) => sum + server.Rates);

    /// <summary>Gets the number of connections of all live servers, as reported in their leases.</summary>
    public int Connections => LiveServers.Sum(server => server.Info.Connections);

    /// <summary>Gets the number of <see cref="Connections"/> that use WebSocket.</summary>
    public int WebSockets => LiveServers.Sum(server => server.Info.WebSockets);

    /// <summary>Gets the delivery times between servers.</summary>
    public DeliveryTimes Delivery => DeliveryTimes.Aggregate(LiveServers.Select(server => server.Info));

    /// <summary>Returns the number of servers in a state.</summary>
    /// <param name="state">The state.</param>
    /// <returns>The number of servers.</returns>
    public int CountServers(ServerState state) => Servers.Count(server => server.Info.State == state);
}
