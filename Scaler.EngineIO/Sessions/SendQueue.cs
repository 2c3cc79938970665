using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Queues the outgoing packets of a session within its limits, batches them while received messages are handled, and signals the
/// transport that sends them.
/// </summary>
internal sealed class SendQueue(SessionLifecycle lifecycle)
{
    private readonly SessionLifecycle _lifecycle = lifecycle;
    private OutboundQueue _packets;
    private OutputSignal _signal;
    private SendWaiters? _waiters;
    private DrainWaiters? _drainWaiters;

    // The cost of the packets in poll responses that are being written.
    private int _polledCost;

    /// <summary>
    /// Gets a value indicating whether a broadcast found the queue full. The session then accepts no more messages and is about
    /// to be closed.
    /// </summary>
    public bool HasOverflowed { get; private set; }

    public int Bytes => _packets.Bytes;

    public int Count => _packets.Count;

    /// <summary>Gets a value indicating whether a message that is queued now is written without waiting for the client.</summary>
    public bool IsWritable => _signal.IsWritable && !IsClosed;

    /// <summary>Gets a value indicating whether the session accepts no more messages.</summary>
    public bool IsClosed => HasOverflowed || _lifecycle.State > EngineSessionState.Open;

    private EngineIOOptions Options => _lifecycle.Runtime.Options;

    /// <summary>Enqueues packets as a whole, or refuses them. Called under the lock.</summary>
    /// <param name="packets">The packets.</param>
    /// <param name="outcome">The result, or <see cref="EngineSendOutcome.Closed"/> if the queue is full.</param>
    /// <param name="transport">The transport to signal after the lock is released, or <see langword="null"/>.</param>
    /// <returns><see langword="false"/> if the queue is full; otherwise, <see langword="true"/>.</returns>
    public bool TryEnqueue(in PacketGroup packets, out EngineSendOutcome outcome, out ISessionTransport? transport)
    {
        transport = null;
        outcome = EngineSendOutcome.Closed;
        if (IsClosed)
        {
            return true;
        }

        var hasRoom = HasRoomFor(packets.Count, packets.Cost);
        if (packets.IsVolatile && !(hasRoom && _signal.IsWritable))
        {
            outcome = EngineSendOutcome.Dropped;
            return true;
        }

        if (!hasRoom)
        {
            return false;
        }

        _packets.Enqueue(packets);
        transport = _signal.OutputQueued(_packets.Bytes);
        outcome = EngineSendOutcome.Sent;
        return true;
    }

    /// <summary>Enqueues a copy of a small packet if it fits and may be queued. Called under the lock.</summary>
    /// <param name="body">The format of the data.</param>
    /// <param name="data">The data, at most <see cref="PacketChunk.MaxPacketLength"/> bytes.</param>
    /// <param name="flags">The options for sending.</param>
    /// <param name="transport">The transport to signal after the lock is released, or <see langword="null"/>.</param>
    public bool TryEnqueueCopy(
        PacketBodyFormat body, ReadOnlySpan<byte> data, EngineSendFlags flags, out ISessionTransport? transport)
    {
        transport = null;
        if (!CanEnqueue(1, OutboundPacket.CostOf(data.Length), flags))
        {
            return false;
        }

        _packets.EnqueueCopy(PacketType.Message, body, data, flags);
        transport = _signal.OutputQueued(_packets.Bytes);
        return true;
    }

    /// <summary>Enqueues copies of a group of small messages if it fits and may be queued. Called under the lock.</summary>
    /// <param name="messages">The messages, each at most <see cref="PacketChunk.MaxPacketLength"/> bytes.</param>
    /// <param name="cost">The cost of the group.</param>
    /// <param name="flags">The options for sending.</param>
    /// <param name="transport">The transport to signal after the lock is released, or <see langword="null"/>.</param>
    public bool TryEnqueueCopies(
        ReadOnlySpan<EngineMessage> messages, int cost, EngineSendFlags flags, out ISessionTransport? transport)
    {
        transport = null;
        if (!CanEnqueue(messages.Length, cost, flags))
        {
            return false;
        }

        for (var i = 0; i < messages.Length; i++)
        {
            var body = messages[i].IsBinary ? PacketBodyFormat.Binary : PacketBodyFormat.Text;
            _packets.EnqueueCopy(PacketType.Message, body, messages[i].Data.Span, flags, i < messages.Length - 1);
        }

        transport = _signal.OutputQueued(_packets.Bytes);
        return true;
    }

    /// <summary>Lets a sender wait for space in the queue. Called under the lock.</summary>
    /// <param name="packets">The packets of the sender.</param>
    /// <param name="transport">The transport to signal after the lock is released, or <see langword="null"/>.</param>
    public (SendWaiters Waiters, SendWaiter Waiter) AddWaiter(in PacketGroup packets, out ISessionTransport? transport)
    {
        _waiters ??= new SendWaiters(_lifecycle);
        // Signal the transport even while corked; otherwise a full queue would never empty.
        transport = _signal.Flush();
        return (_waiters, _waiters.Add(packets));
    }

    /// <summary>Refuses all further messages, because a message did not fit. Called under the lock.</summary>
    public void SetOverflowed() => HasOverflowed = true;

    /// <summary>Waits until the packets that are queued at the time of the call have been written to the transport.</summary>
    /// <returns>
    /// <see langword="true"/> if the packets were written; <see langword="false"/> if the session ended before.
    /// </returns>
    /// <exception cref="InvalidOperationException">The session is opening, and sends nothing before it is open.</exception>
    public ValueTask<bool> WaitForDrainAsync(CancellationToken cancellationToken)
    {
        ISessionTransport? transport;
        Task<bool> drained;
        lock (_lifecycle.Gate)
        {
            var cost = _packets.Bytes + _polledCost;
            if (IsClosed || cost == 0)
            {
                return ValueTask.FromResult(!IsClosed);
            }

            if (_lifecycle.State == EngineSessionState.Opening)
            {
                throw new InvalidOperationException(
                    $"The session is opening. Nothing is sent before {nameof(IEngineHandler.OnOpenedAsync)} has completed.");
            }

            drained = (_drainWaiters ??= new DrainWaiters()).Add(cost);
            transport = _packets.Count > 0 ? _signal.Flush() : null;
        }

        transport?.OutputAvailable();
        return new ValueTask<bool>(drained.WaitAsync(cancellationToken));
    }

    /// <summary>Queues a control packet of the protocol. There are few of them, so they bypass the queue limits.</summary>
    public void SendControl(PacketType type)
    {
        ISessionTransport? transport;
        lock (_lifecycle.Gate)
        {
            if (_lifecycle.State > EngineSessionState.Open)
            {
                return;
            }

            _packets.Enqueue(OutboundPacket.Empty(type));
            transport = _signal.OutputQueued(_packets.Bytes);
        }

        transport?.OutputAvailable();
    }

    /// <summary>Queues the open packet, before the transport may send.</summary>
    public void EnqueueOpenPacket(ReadOnlySpan<byte> data)
    {
        lock (_lifecycle.Gate)
        {
            _packets.Enqueue(OutboundPacket.Copy(PacketType.Open, PacketBodyFormat.Text, data, EngineSendFlags.NoCompression));
        }
    }

    /// <summary>Determines whether a packet fits into the queue.</summary>
    public bool HasRoom(in OutboundPacket packet)
    {
        lock (_lifecycle.Gate)
        {
            return HasRoomFor(1, packet.Cost);
        }
    }

    /// <summary>Lets a transport send the queued packets.</summary>
    public void StartSending(ISessionTransport transport)
    {
        lock (_lifecycle.Gate)
        {
            SetTransport(transport);
        }

        transport.OutputAvailable();
    }

    /// <summary>Sets the transport that sends the packets. Called under the lock.</summary>
    public void SetTransport(ISessionTransport? transport) => _signal.SetTransport(transport, _packets.Count > 0);

    /// <summary>Starts to batch sent messages.</summary>
    public void BeginBatch()
    {
        lock (_lifecycle.Gate)
        {
            Cork();
        }
    }

    /// <summary>Flushes the batched messages, and stops batching.</summary>
    public void EndBatch()
    {
        ISessionTransport? transport;
        lock (_lifecycle.Gate)
        {
            transport = Uncork();
        }

        transport?.OutputAvailable();
    }

    /// <summary>Starts to batch sent messages. Called under the lock.</summary>
    public void Cork() => _signal.Cork();

    /// <summary>Stops batching. Called under the lock.</summary>
    /// <returns>The transport to signal after the lock is released, or <see langword="null"/>.</returns>
    public ISessionTransport? Uncork() => _signal.Uncork(_packets.Count > 0);

    /// <summary>
    /// Dequeues the next packet for a WebSocket. The caller passes its cost to <see cref="ReleaseSentCost"/> after sending it.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="more"><see langword="true"/> if more packets are queued; otherwise, <see langword="false"/>.</param>
    /// <returns><see langword="true"/> if a packet was dequeued; <see langword="false"/> if the queue is empty.</returns>
    public bool TryDequeue(out OutboundPacket packet, out bool more)
    {
        lock (_lifecycle.Gate)
        {
            if (_packets.Count == 0)
            {
                packet = default;
                more = false;
                return false;
            }

            packet = _packets.Dequeue();
            more = _packets.Count > 0;
            _signal.SetWriting(true);
        }

        _lifecycle.Runtime.Metrics.PacketSent(EngineTransport.WebSocket, packet.Type);
        return true;
    }

    /// <summary>Releases the cost of sent packets, so that waiting senders can continue.</summary>
    /// <returns><see langword="true"/> if more packets are queued; otherwise, <see langword="false"/>.</returns>
    public bool ReleaseSentCost(int cost)
    {
        lock (_lifecycle.Gate)
        {
            _packets.ReleaseCost(cost);
            CompleteDrainWaiters(cost);
            EnqueueWaiters();
            var more = _packets.Count > 0;
            _signal.SetWriting(more);
            return more;
        }
    }

    /// <summary>Returns a packet without dequeuing it. Called under the lock.</summary>
    /// <param name="index">The position in the queue; 0 is the next packet.</param>
    public OutboundPacket Peek(int index) => _packets.Peek(index);

    /// <summary>
    /// Dequeues a packet of a poll response and releases its cost. The caller passes the cost to <see cref="EndPollWrite"/> after
    /// the response is written. Called under the lock.
    /// </summary>
    public OutboundPacket DequeueForPoll()
    {
        var packet = _packets.Dequeue();
        _packets.ReleaseCost(packet.Cost);
        _polledCost += packet.Cost;
        _lifecycle.Runtime.Metrics.PacketSent(EngineTransport.Polling, packet.Type);
        return packet;
    }

    /// <summary>Enqueues the packets of waiting senders, in order, as far as there is space. Called under the lock.</summary>
    public void EnqueueWaiters()
    {
        if (_waiters?.TryMoveAllTo(ref _packets) == true)
        {
            _waiters = null;
        }
    }

    /// <summary>Ends the write of a poll response, after its packets have been released. Frees unused packet memory.</summary>
    /// <param name="cost">The cost of the packets that were dequeued for the response.</param>
    public void EndPollWrite(int cost)
    {
        lock (_lifecycle.Gate)
        {
            _polledCost -= cost;
            CompleteDrainWaiters(cost);
            _packets.ReturnUnusedMemory();
        }
    }

    /// <summary>Returns the queued bytes that belong to this session only, and collects the messages that it shares.</summary>
    /// <param name="shared">The set to which the shared messages are added.</param>
    public long MeasureOwnBytes(HashSet<EngineEncodedMessage> shared)
    {
        lock (_lifecycle.Gate)
        {
            long bytes = _packets.Bytes;
            for (var i = 0; i < _packets.Count; i++)
            {
                if (_packets.Peek(i).SharedMessage is { } message)
                {
                    shared.Add(message);
                    bytes -= message.Length;
                }
            }

            return bytes;
        }
    }

    /// <summary>Drops all packets. Called under the lock.</summary>
    public void Clear() => _packets.Clear();

    /// <summary>Stops batching, fails the waiting callers, and drops the queued packets. Called under the lock.</summary>
    /// <param name="flush"><see langword="true"/> to keep the queued packets, so that they are still sent.</param>
    public void Close(bool flush)
    {
        _signal.Uncork(hasOutput: false);
        if (!flush)
        {
            _packets.Clear();
        }

        _waiters?.Fail();
        _waiters = null;
        _drainWaiters?.Fail();
        _drainWaiters = null;
    }

    /// <summary>Completes the callers that waited for packets which are now written. Called under the lock.</summary>
    private void CompleteDrainWaiters(int cost)
    {
        if (_drainWaiters?.TryCompleteAll(cost) == true)
        {
            _drainWaiters = null;
        }
    }

    private bool CanEnqueue(int count, int cost, EngineSendFlags flags) =>
        !IsClosed && HasRoomFor(count, cost) && ((flags & EngineSendFlags.Volatile) == 0 || _signal.IsWritable);

    // Waiting senders have priority, to keep the order.
    private bool HasRoomFor(int count, int cost) =>
        _waiters is null && _packets.HasRoom(count, cost, Options.MaxQueuedBytes, Options.MaxQueuedPackets);
}
