namespace Scaler.Admin.Services.Live;

/// <summary>What the dashboard last saw of the cluster. Immutable: a page shows one of them at a time.</summary>
public sealed record ClusterSnapshot
{
    /// <summary>Nothing was seen yet.</summary>
    public static ClusterSnapshot Empty { get; } = new() { Link = new RedisLink(LinkState.Unknown, default) };

    /// <summary>When <see cref="Servers"/> and <see cref="Counts"/> were read. While Redis is away this stays behind.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Whether Redis answers.</summary>
    public required RedisLink Link { get; init; }

    /// <summary>The servers, ordered by id.</summary>
    public IReadOnlyList<ServerSample> Servers { get; init; } = [];

    /// <summary>How much is connected, as the registry says; null before the first answer.</summary>
    public ClusterCounts? Counts { get; init; }

    /// <summary>The last minutes, oldest first.</summary>
    public IReadOnlyList<HistoryPoint> History { get; init; } = [];

    /// <summary>Whether there is anything to show.</summary>
    public bool HasData => Counts is not null;

    /// <summary>Whether what is shown is from before Redis went away.</summary>
    public bool IsStale => Link.State == LinkState.Down;

    /// <summary>The servers that hold a lease.</summary>
    public IEnumerable<ServerSample> Live => Servers.Where(server => server.Info.State != ServerState.Dead);

    /// <summary>The rates of all servers together.</summary>
    public Rates Rates => Live.Aggregate(default(Rates), (sum, server) => sum + server.Rates);

    /// <summary>Connections of all live servers, as their leases say.</summary>
    public int Connections => Live.Sum(server => server.Info.Connections);

    /// <summary>Of these, the ones on a WebSocket.</summary>
    public int WebSockets => Live.Sum(server => server.Info.WebSockets);

    /// <summary>How long messages take between servers.</summary>
    public Delivery Delivery => Delivery.Of(Live.Select(server => server.Info));

    /// <summary>How many servers are in a state.</summary>
    public int CountOf(ServerState state) => Servers.Count(server => server.Info.State == state);
}
