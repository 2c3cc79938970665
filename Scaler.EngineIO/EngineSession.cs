using System.Diagnostics.CodeAnalysis;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO;

/// <summary>One client's connection, across the transports that it uses. All members may be called from any thread.</summary>
/// <remarks>
/// One lock, <c>_gate</c>, guards the queue, the state, and which transport drains the queue. It is held for a few
/// instructions, never while application code runs and never across an await.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer and without links holds nothing to dispose of.")]
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
        _budget = ReceiveBudget.Create(runtime.Options, runtime.Time);
        _openedAt = runtime.Clock.Now;
        Id = id;
        ConnectionId = connectionId;
        ProtocolVersion = protocolVersion;
        Base64Only = base64Only;
        Handshake = handshake;
        ClosedToken = _closed.Token;
        LastSeen = handshake.At;
    }

    /// <summary>The <c>sid</c> of the protocol. Whoever knows it can speak for the client: never log, store or show it.</summary>
    public string Id { get; }

    /// <summary>A public name of this connection, safe to log, store and show.</summary>
    public string ConnectionId { get; }

    /// <summary>The protocol's version that the client asked for at the handshake: 4, or 3.</summary>
    public int ProtocolVersion { get; }

    /// <summary>The transport in use.</summary>
    public EngineTransport Transport => _transport;

    /// <summary>What the handshake's request said.</summary>
    public EngineHandshake Handshake { get; }

    /// <summary>Where the session is in its life.</summary>
    public EngineSessionState State => _overflowed && _state < EngineSessionState.Closing ? EngineSessionState.Closing : _state;

    /// <summary>Bytes that wait to be sent, each packet with 64 more for its keeping.</summary>
    public int QueuedBytes => _queue.Bytes;

    /// <summary>Packets that wait to be sent.</summary>
    public int QueuedPackets => _queue.Count;

    /// <summary>When the client last gave a sign of life: the handshake, or the latest heartbeat.</summary>
    public DateTimeOffset LastSeen { get; private set; }

    /// <summary>Cancelled when the session ends.</summary>
    public CancellationToken ClosedToken { get; }

    /// <summary>A place for the application to keep what it knows of this session; the library never looks at it.</summary>
    public object? Tag { get; set; }

    /// <summary>Raised when the session has moved from polling to WebSocket.</summary>
    public event Action<EngineSession>? Upgraded;

    /// <summary>Raised at each heartbeat of the client: a pong in protocol 4, a ping in protocol 3. It must not block.</summary>
    public event Action<EngineSession>? Heartbeat;

    /// <summary>Raised once, when the session has ended, before <see cref="IEngineHandler.OnClosedAsync"/>.</summary>
    public event Action<EngineSession, EngineCloseReason>? Closed;

    /// <summary>v3: the client asked for base64 at the handshake, because it can't take binary.</summary>
    internal bool Base64Only { get; }

    internal EngineRuntime Runtime => _runtime;

    /// <summary>
    /// Queues the open packet, and what the application sends first, and tells the application. Afterwards the transport may
    /// take the queue.
    /// </summary>
    internal async ValueTask OpenAsync()
    {
        using (var open = new PooledBuffer(256))
        {
            _runtime.OpenPacket(this).Write(open);
            lock (_gate)
            {
                _queue.Enqueue(OutboundPacket.Copy(PacketType.Open, PacketBody.Text, open.Span, EngineSendFlags.NoCompression));
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
