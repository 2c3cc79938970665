using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;
using Scaler.EngineIO.Timing;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Sends the pings of a session, closes it when the client's heartbeat is overdue, and ends the retention of a closed session.
/// </summary>
/// <remarks>
/// The monitor is its own deadline, so that a session needs no further object for it. Protocol 4: ping due → (ping sent) pong
/// due → (pong) ping due … Protocol 3: client ping due, rearmed by each ping.
/// <para>
/// A packet that arrives within the ping timeout proves that the client is alive, so the wait for its pong starts again. The total
/// wait is at most twice the timeout, because a client that never sends a pong must not stay. The session receives nothing while a
/// handler call is in progress, so the wait starts again when the call has ended.
/// </para>
/// </remarks>
internal sealed class HeartbeatMonitor(SessionLifecycle lifecycle, SendQueue queue) : Deadline
{
    private readonly SessionLifecycle _lifecycle = lifecycle;
    private readonly SendQueue _queue = queue;
    private long _lastSeenUtcTicks = lifecycle.Session.Handshake.Time.UtcTicks;
    private bool _awaitsPong;

    // A packet was handled while a pong was awaited. The next end of receiving starts the wait again.
    private bool _packetReceived;

    // The deadline has expired during a handler call. The end of the call arms it again.
    private bool _suspended;

    // The end of the first wait for a pong. Packets extend the wait only until this time.
    private long _extensibleUntil;

    /// <summary>Gets the time of the client's last heartbeat, or of the handshake if there was none.</summary>
    public DateTimeOffset LastSeen => new(Volatile.Read(ref _lastSeenUtcTicks), TimeSpan.Zero);

    private EngineRuntime Runtime => _lifecycle.Runtime;

    private bool IsClientPinging => _lifecycle.Session.ProtocolVersion == 3;

    private DeadlineList HeartbeatDeadlines => IsClientPinging ? Runtime.ClientPingDeadlines : Runtime.PongDeadlines;

    private DeadlineList FirstDeadlines => IsClientPinging ? Runtime.ClientPingDeadlines : Runtime.PingDeadlines;

    /// <summary>Starts the heartbeat of an open session.</summary>
    public void Start()
    {
        lock (_lifecycle.Gate)
        {
            if (_lifecycle.State == EngineSessionState.Open)
            {
                Runtime.Clock.Arm(this, FirstDeadlines);
            }
        }
    }

    /// <summary>Disarms the deadline. Called under the lock.</summary>
    public void Stop() => Runtime.Clock.Disarm(this);

    /// <summary>Arms the deadline for the end of the retention. Called under the lock.</summary>
    public void StartRetention() => Runtime.Clock.Arm(this, Runtime.RetentionDeadlines);

    /// <summary>Handles a heartbeat of the client: a pong in protocol 4, a ping in protocol 3.</summary>
    public void HeartbeatReceived()
    {
        lock (_lifecycle.Gate)
        {
            if (_lifecycle.State != EngineSessionState.Open)
            {
                return;
            }

            (_awaitsPong, _packetReceived, _suspended) = (false, false, false);
            Runtime.Clock.Arm(this, FirstDeadlines);
        }

        Volatile.Write(ref _lastSeenUtcTicks, Runtime.Time.GetUtcNow().UtcTicks);
        _lifecycle.Session.RaiseHeartbeat();
    }

    /// <summary>Answers a ping of a protocol 3 client.</summary>
    public void ClientPingReceived()
    {
        // A client that sends pings without reading fills its queue with pongs.
        if (!_queue.HasRoom(OutboundPacket.Empty(PacketType.Pong)))
        {
            _lifecycle.Close(EngineCloseReason.SlowConsumer);
            return;
        }

        _queue.SendControl(PacketType.Pong);
        HeartbeatReceived();
    }

    /// <summary>Records a packet of the client. <see cref="ReceiveEnded"/> then extends the wait for a pong.</summary>
    public void PacketReceived()
    {
        if (_awaitsPong)
        {
            _packetReceived = true;
        }
    }

    /// <summary>
    /// Starts the wait for a heartbeat again if the client has sent a packet meanwhile, or if the wait has ended during a handler
    /// call. Called under the lock, when no handler call is in progress.
    /// </summary>
    public void ReceiveEnded()
    {
        if (!_packetReceived || _lifecycle.State != EngineSessionState.Open)
        {
            return;
        }

        _packetReceived = false;
        if (_suspended)
        {
            _suspended = false;
            ArmHeartbeat(Runtime.Clock.Now);
        }
        else if (Runtime.Clock.Now < _extensibleUntil)
        {
            Runtime.Clock.Arm(this, HeartbeatDeadlines);
        }
    }

    /// <summary>
    /// Closes the session if its heartbeat is overdue. A request that arrives between the deadline and the timer's tick must not
    /// use a dead session.
    /// </summary>
    public void CloseIfOverdue()
    {
        if (_lifecycle.State == EngineSessionState.Open
            && !_lifecycle.Session.MessagePump.IsCallingHandler
            && Runtime.Clock.IsOverdue(this, HeartbeatDeadlines))
        {
            _lifecycle.Close(EngineCloseReason.PingTimeout);
        }
    }

    /// <summary>
    /// Handles the expired deadline: sends a ping, closes a session without heartbeat, or ends the retention of a closed session.
    /// </summary>
    public override void Expire()
    {
        bool timedOut;
        lock (_lifecycle.Gate)
        {
            if (Runtime.Clock.IsArmed(this))
            {
                // A heartbeat rearmed the deadline after it had expired.
                return;
            }

            if (_lifecycle.State > EngineSessionState.Open)
            {
                _lifecycle.EndRetention();
                return;
            }

            timedOut = _awaitsPong || IsClientPinging;
            // The client's packets, its heartbeat included, wait until the handler call has ended.
            _packetReceived = _lifecycle.Session.MessagePump.IsCallingHandler;
            if (timedOut && _packetReceived)
            {
                _suspended = true;
                return;
            }

            if (!timedOut)
            {
                _awaitsPong = true;
                ArmHeartbeat(Due);
            }
        }

        if (timedOut)
        {
            _lifecycle.Close(EngineCloseReason.PingTimeout);
        }
        else
        {
            _queue.SendControl(PacketType.Ping);
        }
    }

    private void ArmHeartbeat(long from)
    {
        Runtime.Clock.ArmFrom(this, HeartbeatDeadlines, from);
        _extensibleUntil = Due;
    }
}
