using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Sends the packets of a polling session in the responses of its poll requests, of which one at a time is held until packets are
/// queued.
/// </summary>
internal sealed class PollingExchange(SessionLifecycle lifecycle, SendQueue queue, MessagePump pump)
{
    private static readonly TimeSpan LastPollDelay = TimeSpan.FromMilliseconds(50);

    private readonly SessionLifecycle _lifecycle = lifecycle;
    private readonly SendQueue _queue = queue;
    private TaskCompletionSource? _lastPoll;

    /// <summary>Gets the receiver of the POST requests.</summary>
    public PostReceiver Posts { get; } = new(lifecycle, queue, pump);

    /// <summary>Gets the upgrades of the session, or <see langword="null"/> before the first attempt.</summary>
    public UpgradeCoordinator? Upgrades { get; private set; }

    /// <summary>Gets the held poll, or <see langword="null"/>.</summary>
    public HeldPoll? HeldPoll { get; private set; }

    /// <summary>
    /// Gets a value indicating whether a poll is expected from a client that closed the session. Called under the lock.
    /// </summary>
    public bool ExpectsLastPoll => _lastPoll is not null;

    /// <summary>
    /// Starts a poll. For <see cref="PollOutcome.Output"/>, the packets are added to <paramref name="packets"/>. For
    /// <see cref="PollOutcome.Held"/>, the caller waits for <paramref name="waiter"/> and then calls <see cref="EndPoll"/>.
    /// </summary>
    public PollOutcome BeginPoll(List<OutboundPacket> packets, out HeldPoll? waiter)
    {
        waiter = null;
        lock (_lifecycle.Gate)
        {
            if (_lifecycle.State >= EngineSessionState.Closing)
            {
                if (_lastPoll?.TrySetResult() == true)
                {
                    return DequeueAll(packets) ? PollOutcome.Output : PollOutcome.Noop;
                }

                return _lifecycle.IsRetained ? DequeueRetained(packets) : PollOutcome.SessionEnded;
            }

            if (_lifecycle.Transport != EngineTransport.Polling)
            {
                return PollOutcome.WrongTransport;
            }

            if (HeldPoll is null)
            {
                if (_queue.Count > 0)
                {
                    DequeuePayload(packets);
                    return PollOutcome.Output;
                }

                if (Upgrades?.TryAcquireNoop() == true)
                {
                    return PollOutcome.Noop;
                }

                HeldPoll = waiter = new HeldPoll();
                _queue.SetTransport(waiter);
                return PollOutcome.Held;
            }
        }

        _lifecycle.Close(EngineCloseReason.TransportError);
        return PollOutcome.Duplicate;
    }

    /// <summary>
    /// Ends a held poll after its release. Decides its response from the current state, which may have changed since the release.
    /// </summary>
    public PollOutcome EndPoll(HeldPoll waiter, List<OutboundPacket> packets)
    {
        lock (_lifecycle.Gate)
        {
            if (HeldPoll == waiter)
            {
                HeldPoll = null;
                _queue.SetTransport(null);
                DequeuePayload(packets);
                return packets.Count > 0 ? PollOutcome.Output : PollOutcome.Noop;
            }

            // After an upgrade, the queue belongs to the WebSocket.
            if (_lifecycle.State == EngineSessionState.Open || _lifecycle.Transport != EngineTransport.Polling)
            {
                return PollOutcome.Noop;
            }

            var hasOutput = DequeueAll(packets);
            if (_lifecycle.CloseReason != EngineCloseReason.ClientClose)
            {
                return PollOutcome.Close;
            }

            return hasOutput ? PollOutcome.Output : PollOutcome.Noop;
        }
    }

    /// <summary>Closes the session because the client aborted its held poll.</summary>
    public void AbortPoll(HeldPoll waiter)
    {
        if (HeldPoll == waiter)
        {
            _lifecycle.Close(EngineCloseReason.TransportClose);
        }
    }

    /// <summary>
    /// Dequeues the packets of the handshake response: the open packet and those that fit behind it.
    /// </summary>
    /// <returns>
    /// <see langword="true"/> if the session has ended meanwhile, so that the close packet follows; otherwise,
    /// <see langword="false"/>.
    /// </returns>
    public bool DequeueHandshakePackets(List<OutboundPacket> packets)
    {
        lock (_lifecycle.Gate)
        {
            DequeuePayload(packets);
            return _lifecycle.State >= EngineSessionState.Closing;
        }
    }

    /// <summary>
    /// Waits up to 50 ms for the last poll of a client that sent a close packet while no poll was held. A closing client sends
    /// the POST and a poll at the same time over two connections. If the poll arrives second, it gets a noop packet, as if it had
    /// arrived first.
    /// </summary>
    public async ValueTask WaitForLastPollAsync()
    {
        if (_lastPoll is not { } lastPoll)
        {
            return;
        }

        try
        {
            await lastPoll.Task.WaitAsync(LastPollDelay, _lifecycle.Runtime.Time);
        }
        catch (TimeoutException)
        {
            // The client sent no last poll.
        }

        lock (_lifecycle.Gate)
        {
            _lifecycle.EndRetention();
        }
    }

    /// <summary>Starts an upgrade to a WebSocket.</summary>
    /// <returns>
    /// The upgrade, or <see langword="null"/> if the session is not open, already uses a WebSocket, or has another upgrade in
    /// progress.
    /// </returns>
    public UpgradeAttempt? TryBeginUpgrade(ISessionTransport webSocket)
    {
        lock (_lifecycle.Gate)
        {
            Upgrades ??= new UpgradeCoordinator(_lifecycle, _queue, this);
            return Upgrades.TryBegin(webSocket);
        }
    }

    /// <summary>Removes the held poll, because an upgrade completes or the session ends. Called under the lock.</summary>
    /// <returns>The held poll to release after the lock is released, or <see langword="null"/>.</returns>
    public HeldPoll? RemoveHeldPoll()
    {
        var poll = HeldPoll;
        HeldPoll = null;
        return poll;
    }

    /// <summary>
    /// Ends the requests and the upgrade of the session, and expects the last poll of a client that closed it. Called under the
    /// lock.
    /// </summary>
    /// <returns>The held poll and the upgrade to close after the lock is released.</returns>
    public (HeldPoll? Poll, UpgradeAttempt? Upgrade) Stop(EngineCloseReason reason)
    {
        var poll = RemoveHeldPoll();
        Posts.Abort();
        if (Posts.IsHandlingPayload && poll is null && reason == EngineCloseReason.ClientClose)
        {
            _lastPoll = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return (poll, Upgrades?.Stop());
    }

    /// <summary>
    /// Dequeues the packets that fit into one payload, at least one if there is any. A group of messages that fits into one
    /// payload is not split. Called under the lock.
    /// </summary>
    private void DequeuePayload(List<OutboundPacket> packets)
    {
        // A payload of n packets has n - 1 separators.
        var room = _lifecycle.Runtime.Options.MaxPayload + 1L;
        var remaining = room;
        var (start, inGroup) = (packets.Count, false);
        while (_queue.Count > 0)
        {
            var packet = _queue.Peek(0);
            var length = GetEncodedLength(packet) + 1;
            if (packets.Count > start)
            {
                var whole = inGroup || !packet.HasNextInGroup ? length : GetGroupLength(room);
                if (length > remaining || (whole > remaining && whole <= room))
                {
                    break;
                }
            }

            remaining -= length;
            inGroup = packet.HasNextInGroup;
            packets.Add(_queue.DequeueForPoll());
        }

        _queue.EnqueueWaiters();
    }

    /// <summary>Calculates the length of the group at the head of the queue, up to the first packet beyond the limit.</summary>
    private long GetGroupLength(long limit)
    {
        var (length, index, hasNext) = (0L, 0, true);
        while (hasNext && length <= limit)
        {
            var packet = _queue.Peek(index++);
            length += GetEncodedLength(packet) + 1;
            hasNext = packet.HasNextInGroup;
        }

        return length;
    }

    /// <summary>Dequeues all packets, because no further poll will follow. Called under the lock.</summary>
    /// <returns><see langword="true"/> if there was a packet; otherwise, <see langword="false"/>.</returns>
    private bool DequeueAll(List<OutboundPacket> packets)
    {
        while (_queue.Count > 0)
        {
            DequeuePayload(packets);
        }

        return packets.Count > 0;
    }

    // Queued packets are sent first, over as many polls as needed, then the close packet.
    private PollOutcome DequeueRetained(List<OutboundPacket> packets)
    {
        if (_queue.Count > 0)
        {
            DequeuePayload(packets);
            return PollOutcome.Output;
        }

        _lifecycle.EndRetention();
        return PollOutcome.NoopAndClose;
    }

    private long GetEncodedLength(in OutboundPacket packet)
    {
        if (_lifecycle.Session.ProtocolVersion == 4)
        {
            return PayloadCodec.GetEncodedLength(packet.Body, packet.Length);
        }

        return _lifecycle.Session.Base64Only || packet.Body == PacketBodyFormat.Text
            ? V3.TextPayloadCodec.GetMaxEncodedLength(packet.Body, packet.Length)
            : V3.BinaryPayloadCodec.GetMaxEncodedLength(packet.Length);
    }
}
