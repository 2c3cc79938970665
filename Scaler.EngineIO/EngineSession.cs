using System.Diagnostics.CodeAnalysis;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO;

/// <summary>Represents the connection of one client, across the transports that it uses. All members are thread-safe.</summary>
/// <remarks>
/// One lock, <c>_gate</c>, guards the queue, the state, and the transport that drains the queue. It is held for a few
/// instructions, never while application code runs and never across an await.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer or linked tokens needs no disposal.")]
public sealed partial class EngineSession
{
    private readonly Lock _gate = new();
    private readonly EngineRuntime _runtime;
    private readonly CancellationTokenSource _closed = new();
    private readonly long _openedAt;
    private OutboundQueue _queue;
    private EngineSessionState _state;
    private EngineTransport _transport;
    private IOutputDrain? _drain;
    private bool _corked;

    internal EngineSession(EngineRuntime runtime, string id, string connectionId, int protocolVersion, bool base64Only,
        EngineTransport transport, EngineHandshake handshake)
    {
        _runtime = runtime;
        _transport = transport;
        _heartbeat = new HeartbeatDeadline(this);
        _budget = ReceiveRateLimiter.Create(runtime.Options, runtime.Time);
        _openedAt = runtime.Clock.Now;
        Id = id;
        ConnectionId = connectionId;
        ProtocolVersion = protocolVersion;
        Base64Only = base64Only;
        Handshake = handshake;
        ClosedToken = _closed.Token;
        LastSeen = handshake.Time;
    }

    /// <summary>
    /// Gets the protocol's session id (<c>sid</c>). It is a secret that allows impersonating the client: never log, store or show
    /// it.
    /// </summary>
    public string Id { get; }

    /// <summary>Gets the public id of this connection, which is safe to log, store and show.</summary>
    public string ConnectionId { get; }

    /// <summary>Gets the protocol version that the client requested in the handshake: 4 or 3.</summary>
    public int ProtocolVersion { get; }

    /// <summary>Gets the transport in use.</summary>
    public EngineTransport Transport => _transport;

    /// <summary>Gets information about the handshake request.</summary>
    public EngineHandshake Handshake { get; }

    /// <summary>Gets the lifecycle state of the session.</summary>
    public EngineSessionState State => _overflowed && _state < EngineSessionState.Closing ? EngineSessionState.Closing : _state;

    /// <summary>
    /// Gets the number of bytes that are not sent yet. Each packet counts as its length plus 64 bytes of overhead.
    /// </summary>
    public int QueuedBytes => _queue.Bytes;

    /// <summary>Gets the number of queued packets.</summary>
    public int QueuedPackets => _queue.Count;

    /// <summary>Gets the time of the client's last heartbeat, or of the handshake if there was none.</summary>
    public DateTimeOffset LastSeen { get; private set; }

    /// <summary>Gets a token that is canceled when the session ends.</summary>
    public CancellationToken ClosedToken { get; }

    /// <summary>Gets or sets an object that the application associates with this session. The library does not use it.</summary>
    public object? Tag { get; set; }

    /// <summary>Occurs when the session has been upgraded from polling to WebSocket.</summary>
    public event Action<EngineSession>? Upgraded;

    /// <summary>
    /// Occurs at each heartbeat of the client: a pong in protocol 4, a ping in protocol 3. Handlers must not block.
    /// </summary>
    public event Action<EngineSession>? Heartbeat;

    /// <summary>Occurs once, when the session has ended, before <see cref="IEngineHandler.OnClosedAsync"/> is called.</summary>
    public event Action<EngineSession, EngineCloseReason>? Closed;

    /// <summary>
    /// Gets a value indicating whether a v3 client requested base64 in the handshake, because it cannot receive binary data.
    /// </summary>
    internal bool Base64Only { get; }

    internal EngineRuntime Runtime => _runtime;

    /// <summary>
    /// Queues the open packet and the initial message, and calls <see cref="IEngineHandler.OnOpenedAsync"/>. The transport may
    /// drain the queue after this call.
    /// </summary>
    internal async ValueTask OpenAsync()
    {
        using (var open = new PooledBuffer(256))
        {
            _runtime.CreateOpenPacket(this).Write(open);
            lock (_gate)
            {
                _queue.Enqueue(OutboundPacket.Copy(PacketType.Open, PacketBodyFormat.Text, open.Span, EngineSendFlags.NoCompression));
            }
        }

        if (_runtime.Options.InitialPacket is { } initial)
        {
            await SendAsync(initial);
        }

        if (!TryBeginOpening())
        {
            return;
        }

        Log.Opened(_runtime.Logger, ConnectionId, _transport, ProtocolVersion);
        try
        {
            await _runtime.Handler.OnOpenedAsync(this, ClosedToken);
        }
        catch (Exception exception)
        {
            HandlerFailed(exception, nameof(IEngineHandler.OnOpenedAsync));
        }

        lock (_gate)
        {
            if (_state == EngineSessionState.Opening)
            {
                _state = EngineSessionState.Open;
            }
        }

        StartHeartbeat();
        EndReceive();
    }
}
