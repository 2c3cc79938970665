using System.Text.Json.Serialization;

namespace Scaler;

/// <summary>One server of the cluster, as its lease in Redis describes it.</summary>
public sealed record ServerInfo
{
    /// <summary>The server's id: unique in the cluster, the same for as long as the process lives (or longer, if configured).</summary>
    public required string Id { get; init; }

    /// <summary>Which life of the server this is: it grows each time the server has to register everything again.</summary>
    public required long Epoch { get; init; }

    /// <summary>The URL at which other servers reach this one, or null while it is not listening.</summary>
    public string? Url { get; init; }

    /// <summary>What the server is doing.</summary>
    public ServerState State { get; init; }

    /// <summary>The version of the Scaler library that it runs.</summary>
    public string? Version { get; init; }

    /// <summary>When the process started to serve.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Connections that it holds now.</summary>
    public int Connections { get; init; }

    /// <summary>Of these, the ones on a WebSocket.</summary>
    public int WebSockets { get; init; }

    /// <summary>Accounts with a connection on it.</summary>
    public int Accounts { get; init; }

    /// <summary>Messages received from clients since it started.</summary>
    public long Received { get; init; }

    /// <summary>Messages handed to clients since it started.</summary>
    public long Sent { get; init; }

    /// <summary>Error events raised since it started.</summary>
    public long Errors { get; init; }

    /// <summary>Bytes that wait in the queues of its connections.</summary>
    public long QueuedBytes { get; init; }

    /// <summary>The process's working set, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Milliseconds that the last probe of the bus took to come back; negative when the bus does not answer.</summary>
    public double BusMilliseconds { get; init; }

    /// <summary>Messages of other servers that reached this one in the last ten renewals or so; the next two speak of them.</summary>
    public long Deliveries { get; init; }

    /// <summary>
    /// Milliseconds from the send on another server until the connections' queues here took the message, by Redis's clock: half of the
    /// messages took no longer. Null when there were none.
    /// </summary>
    public double? DeliveryMedianMilliseconds { get; init; }

    /// <summary>As <see cref="DeliveryMedianMilliseconds"/>: 99 of 100 took no longer.</summary>
    public double? DeliveryP99Milliseconds { get; init; }

    /// <summary>
    /// What the process is called by its telemetry: the service's name, and its instance where that has one, joined by a dash. Null
    /// where OpenTelemetry's variables don't say.
    /// </summary>
    public string? Telemetry { get; init; }

    /// <summary>How long the lease has still to run. Not positive: it is gone.</summary>
    [JsonIgnore]
    public TimeSpan LeaseRemaining { get; init; }

    /// <summary>The name under which this life of the server holds its entries in the registry.</summary>
    [JsonIgnore]
    public string Holder => HolderName.Of(Id, Epoch);
}
