using System.Diagnostics.Metrics;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Telemetry;

/// <summary>
/// Records the metrics of a server in the meter <c>Scaler.EngineIO</c>. Tags have a low cardinality: never a session id.
/// </summary>
internal sealed class EngineMetrics : IDisposable
{
    public const string MeterName = "Scaler.EngineIO";

    private const string TransportTag = "engineio.transport";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _activeSessions;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _packets;
    private readonly Counter<long> _upgrades;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _limits;

    public EngineMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _activeSessions = _meter.CreateUpDownCounter<long>(
            "engineio.server.active_sessions", "{session}", "Number of open sessions.");
        _duration = _meter.CreateHistogram<double>(
            "engineio.server.session.duration", "s", "Duration of sessions.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 10, 60, 300, 1800, 7200, 86400] });
        _packets = _meter.CreateCounter<long>(
            "engineio.server.packets", "{packet}", "Number of packets received and sent.");
        _upgrades = _meter.CreateCounter<long>(
            "engineio.server.upgrades", "{upgrade}", "Number of attempted upgrades to WebSocket.");
        _refusals = _meter.CreateCounter<long>(
            "engineio.server.refused_requests", "{request}", "Number of refused requests.");
        _dropped = _meter.CreateCounter<long>(
            "engineio.server.dropped_messages", "{message}",
            "Number of volatile messages dropped because they could not be written immediately.");
        _limits = _meter.CreateCounter<long>(
            "engineio.server.limits_reached", "{event}", "Number of times a client exceeded a limit.");
    }

    public void SessionOpened(EngineTransport transport) => _activeSessions.Add(1, Tag(transport));

    public void SessionUpgraded()
    {
        // The session was counted with the polling tag, so it must be subtracted with the same tag.
        _activeSessions.Add(-1, Tag(EngineTransport.Polling));
        _activeSessions.Add(1, Tag(EngineTransport.WebSocket));
    }

    public void SessionClosed(EngineTransport transport, EngineCloseReason reason, TimeSpan duration)
    {
        _activeSessions.Add(-1, Tag(transport));
        _duration.Record(duration.TotalSeconds, Tag(transport), new("engineio.close_reason", Name(reason)));
    }

    public void PacketReceived(EngineTransport transport, PacketType type) => Count("receive", transport, type);

    public void PacketSent(EngineTransport transport, PacketType type) => Count("send", transport, type);

    public void UpgradeEnded(string outcome) => _upgrades.Add(1, new KeyValuePair<string, object?>("engineio.upgrade.outcome", outcome));

    public void RequestRefused(string error) => _refusals.Add(1, new KeyValuePair<string, object?>("error.type", error));

    public void LimitReached(EngineLimit limit) => _limits.Add(1, new KeyValuePair<string, object?>("engineio.limit", Name(limit)));

    public void MessagesDropped(int count) => _dropped.Add(count);

    public void Dispose() => _meter.Dispose();

    private void Count(string direction, EngineTransport transport, PacketType type)
    {
        if (_packets.Enabled)
        {
            _packets.Add(1, Tag(transport), new("engineio.packet.type", Name(type)), new("engineio.direction", direction));
        }
    }

    private static KeyValuePair<string, object?> Tag(EngineTransport transport) =>
        new(TransportTag, transport == EngineTransport.Polling ? "polling" : "websocket");

    private static string Name(PacketType type) => type switch
    {
        PacketType.Open => "open",
        PacketType.Close => "close",
        PacketType.Ping => "ping",
        PacketType.Pong => "pong",
        PacketType.Message => "message",
        PacketType.Upgrade => "upgrade",
        _ => "noop",
    };

    private static string Name(EngineCloseReason reason) => reason switch
    {
        EngineCloseReason.ServerClose => "server_close",
        EngineCloseReason.ClientClose => "client_close",
        EngineCloseReason.TransportClose => "transport_close",
        EngineCloseReason.TransportError => "transport_error",
        EngineCloseReason.PingTimeout => "ping_timeout",
        EngineCloseReason.ParseError => "parse_error",
        EngineCloseReason.PayloadTooLarge => "payload_too_large",
        EngineCloseReason.SlowConsumer => "slow_consumer",
        EngineCloseReason.ServerShutdown => "server_shutdown",
        EngineCloseReason.Forbidden => "forbidden",
        EngineCloseReason.RateLimit => "rate_limit",
        _ => "handler_error",
    };

    private static string Name(EngineLimit limit) => limit switch
    {
        EngineLimit.Handshakes => "handshakes",
        EngineLimit.Messages => "messages",
        EngineLimit.Bytes => "bytes",
        EngineLimit.Payload => "payload",
        EngineLimit.Packets => "packets",
        EngineLimit.Fragments => "fragments",
        EngineLimit.OpenFiles => "open_files",
        EngineLimit.WebSockets => "websockets",
        EngineLimit.Sessions => "sessions",
        EngineLimit.TotalQueue => "total_queue",
        _ => "queue",
    };
}
