using System.Text.Json.Serialization;

namespace Scaler;

/// <summary>Represents one server of the cluster, as described by its lease in Redis.</summary>
public sealed record ServerInfo
{
    /// <summary>
    /// Gets the server's ID. It is unique in the cluster and constant for the lifetime of the process, or longer if configured.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>
    /// Gets the epoch of the server. It increases each time the server has to register all its connections again.
    /// </summary>
    public required long Epoch { get; init; }

    /// <summary>
    /// Gets the URL at which other servers reach this server, or <see langword="null"/> while it is not listening.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>Gets the state of the server.</summary>
    public ServerState State { get; init; }

    /// <summary>Gets the version of the Scaler library on the server.</summary>
    public string? Version { get; init; }

    /// <summary>Gets the time when the server started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets the current number of connections.</summary>
    public int Connections { get; init; }

    /// <summary>Gets the current number of connections that use a WebSocket.</summary>
    public int WebSockets { get; init; }

    /// <summary>Gets the number of accounts with a connection to this server.</summary>
    public int Accounts { get; init; }

    /// <summary>Gets the number of messages received from clients since the start.</summary>
    public long Received { get; init; }

    /// <summary>Gets the number of messages queued for clients since the start.</summary>
    public long Sent { get; init; }

    /// <summary>Gets the number of error events raised since the start.</summary>
    public long Errors { get; init; }

    /// <summary>Gets the number of bytes in the send queues of all connections.</summary>
    public long QueuedBytes { get; init; }

    /// <summary>Gets the working set of the process, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>
    /// Gets the round-trip time of the last probe of the message bus, in milliseconds. Negative while the bus does not deliver.
    /// </summary>
    public double BusMilliseconds { get; init; }

    /// <summary>
    /// Gets the number of messages received from other servers during about the last ten renewals.
    /// <see cref="DeliveryMedianMilliseconds"/> and <see cref="DeliveryP99Milliseconds"/> are computed from these messages.
    /// </summary>
    public long Deliveries { get; init; }

    /// <summary>
    /// Gets the median delivery time, in milliseconds, or <see langword="null"/> if there were no messages. The delivery time
    /// runs from the send on another server until the message is queued for the connections of this server, by Redis's clock.
    /// </summary>
    public double? DeliveryMedianMilliseconds { get; init; }

    /// <summary>
    /// Gets the 99th percentile of the delivery time, in milliseconds, or <see langword="null"/> if there were no messages.
    /// See <see cref="DeliveryMedianMilliseconds"/>.
    /// </summary>
    public double? DeliveryP99Milliseconds { get; init; }

    /// <summary>
    /// Gets the name of the process in its telemetry: the service name, followed by a dash and the instance ID if there is one.
    /// <see langword="null"/> if OpenTelemetry's environment variables do not set a service name.
    /// </summary>
    public string? Telemetry { get; init; }

    /// <summary>
    /// Gets the servers that this server cannot reach at their URL, at most 10. Requests that arrive at this server for their
    /// sessions fail.
    /// </summary>
    public IReadOnlyList<UnreachableServer> Unreachable { get => field ?? []; init; }

    /// <summary>Gets the number of servers that this server cannot reach.</summary>
    public int UnreachableCount { get; init; }

    /// <summary>Gets the time of the signature, in milliseconds of Unix time.</summary>
    [JsonInclude]
    internal long SignedAt { get; init; }

    /// <summary>Gets the signature of the description, or <see langword="null"/> if it is unsigned.</summary>
    [JsonInclude]
    internal string? Signature { get; init; }

    /// <summary>Gets the remaining duration of the lease. Zero or negative if the lease has expired.</summary>
    [JsonIgnore]
    public TimeSpan LeaseRemaining { get; init; }

    /// <summary>
    /// Gets the name of the server epoch, <c>id.epoch</c>, under which the server's registry entries are stored.
    /// </summary>
    [JsonIgnore]
    public string EpochName => ServerEpochName.Format(Id, Epoch);
}
