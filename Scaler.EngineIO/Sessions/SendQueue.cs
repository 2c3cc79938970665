using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Queues the outgoing packets of a session within its limits, batches them while received messages are handled, and signals the
/// transport that sends them.
/// </summary>
internal sealed class SendQueue(SessionLifecycle lifecycle)
{
    // Messages sent while received messages are handled are batched into one write, up to this size.
    private const int MaxCorkedBytes = 64 * 1024;

    private readonly SessionLifecycle _lifecycle = lifecycle;
    private OutboundQueue _packets;
    private SendWaiters? _waiters;

    // The transport that sends the packets, or null while a polling session has no held poll.
    private ISessionTransport? _transport;
    private bool _corked;

    /// <summary>
    /// Gets a value indicating whether a broadcast found the queue full. The session then accepts no more messages and is about
    /// to be closed.
    /// </summary>
    public bool HasOverflowed { get; private set; }

    public int Bytes => _packets.Bytes;

    public int Count => _packets.Count;

    private EngineIOOptions Options => _lifecycle.Runtime.Options;

    private bool IsClosed => HasOverflowed || _lifecycle.State > EngineSessionState.Open;

    /// <summary>Sends a message. Copies its bytes before the call returns.</summary>
    public ValueTask<EngineSendOutcome> SendAsync(
        ReadOnlySpan<byte> data, EngineMessageKind kind, EngineSendFlags flags, CancellationToken cancellationToken)
    {
        var body = kind == EngineMessageKind.Text ? PacketBodyFormat.Text : PacketBodyFormat.Binary;
        return TrySendSmall(body, data, flags)
            ? ValueTask.FromResult(EngineSendOutcome.Sent)
            : SendAsync(OutboundPacket.Copy(PacketType.Message, body, data, flags), cancellationToken);
    }

    /// <summary>Sends a text message.</summary>
    public ValueTask<EngineSendOutcome> SendAsync(string text, EngineSendFlags flags, CancellationToken cancellationToken)
    {
        Span<byte> small = stackalloc byte[PacketChunk.MaxPacketLength];
        if (text.Length <= PacketChunk.MaxPacketLength && Encoding.UTF8.TryGetBytes(text, small, out var written)
            && TrySendSmall(PacketBodyFormat.Text, small[..written], flags))
        {
            return ValueTask.FromResult(EngineSendOutcome.Sent);
        }

        var array = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, array);
        return SendAsync(new OutboundPacket(PacketType.Message, PacketBodyFormat.Text, array, length, flags), cancellationToken);
    }

    /// <summary>
    /// Queues a shared message without waiting. If the queue is full, drops a volatile message and closes the session for any
    /// other message.
    /// </summary>
    public EngineSendOutcome TrySend(EngineEncodedMessage message, EngineSendFlags flags)
    {
        var body = message.Kind == EngineMessageKind.Text ? PacketBodyFormat.Text : PacketBodyFormat.Binary;
        var packet = new OutboundPacket(PacketType.Message, body, message, message.Length, flags);
        ISessionTransport? transport;
        lock (_lifecycle.Gate)
        {
            if (IsClosed)
            {
                return EngineSendOutcome.Closed;
            }

            if (HasRoomFor(packet.Cost))
            {
                message.Retain();
                _packets.Enqueue(packet);
                transport = TransportToSignal();
            }
            else if ((flags & EngineSendFlags.Volatile) != 0)
            {
                _lifecycle.Runtime.Metrics.MessageDropped();
                return EngineSendOutcome.Dropped;
            }
            else
            {
                HasOverflowed = true;
                goto Full;
            }
        }

        transport?.BroadcastOutputAvailable();
        return EngineSendOutcome.Sent;

    Full:
        _lifecycle.Runtime.OverflowCloser.Add(_lifecycle.Session);
        return EngineSendOutcome.Closed;
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
            transport = TransportToSignal();
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
            return HasRoomFor(packet.Cost);
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
    public void SetTransport(ISessionTransport? transport) => _transport = transport;

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
    public void Cork() => _corked = true;

    /// <summary>Stops batching. Called under the lock.</summary>
    /// <returns>The transport to signal after the lock is released, or <see langword="null"/>.</returns>
    public ISessionTransport? Uncork()
    {
        _corked = false;
        return _packets.Count > 0 ? _transport : null;
    }

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
            EnqueueWaiters();
            return _packets.Count > 0;
        }
    }

    /// <summary>Returns the next packet without dequeuing it. Called under the lock.</summary>
    public OutboundPacket Peek() => _packets.Peek();

    /// <summary>Dequeues a packet of a poll response and releases its cost. Called under the lock.</summary>
    public OutboundPacket DequeueForPoll()
    {
        var packet = _packets.Dequeue();
        _packets.ReleaseCost(packet.Cost);
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

    /// <summary>Frees unused packet memory, after the packets of a poll have been released.</summary>
    public void ReturnUnusedMemory()
    {
        lock (_lifecycle.Gate)
        {
            _packets.ReturnUnusedMemory();
        }
    }

    /// <summary>Drops all packets. Called under the lock.</summary>
    public void Clear() => _packets.Clear();

    /// <summary>Stops batching, fails the waiting senders, and drops the queued packets. Called under the lock.</summary>
    /// <param name="flush"><see langword="true"/> to keep the queued packets, so that they are still sent.</param>
    public void Close(bool flush)
    {
        _corked = false;
        if (!flush)
        {
            _packets.Clear();
        }

        _waiters?.Fail();
        _waiters = null;
    }

    /// <summary>
    /// Queues a small message if there is space. Otherwise returns <see langword="false"/>, and the caller takes the general
    /// path.
    /// </summary>
    private bool TrySendSmall(PacketBodyFormat body, ReadOnlySpan<byte> data, EngineSendFlags flags)
    {
        if (data.Length > PacketChunk.MaxPacketLength)
        {
            return false;
        }

        ISessionTransport? transport;
        lock (_lifecycle.Gate)
        {
            if (IsClosed || !HasRoomFor(OutboundPacket.CostOf(data.Length)))
            {
                return false;
            }

            _packets.EnqueueCopy(PacketType.Message, body, data, flags);
            transport = TransportToSignal();
        }

        transport?.OutputAvailable();
        return true;
    }

    private ValueTask<EngineSendOutcome> SendAsync(OutboundPacket packet, CancellationToken cancellationToken)
    {
        ISessionTransport? transport = null;
        SendWaiters? waiters = null;
        SendWaiter? waiter = null;
        var outcome = EngineSendOutcome.Sent;
        lock (_lifecycle.Gate)
        {
            if (IsClosed)
            {
                outcome = EngineSendOutcome.Closed;
            }
            else if (HasRoomFor(packet.Cost))
            {
                _packets.Enqueue(packet);
                transport = TransportToSignal();
            }
            else if ((packet.Flags & EngineSendFlags.Volatile) != 0)
            {
                outcome = EngineSendOutcome.Dropped;
            }
            else
            {
                waiters = _waiters ??= new SendWaiters(_lifecycle);
                waiter = waiters.Add(packet);
                // Signal the transport even while corked; otherwise a full queue would never empty.
                transport = _transport;
            }
        }

        transport?.OutputAvailable();
        if (waiter is not null)
        {
            return waiters!.WaitAsync(waiter, cancellationToken);
        }

        if (outcome != EngineSendOutcome.Sent)
        {
            packet.Release();
            if (outcome == EngineSendOutcome.Dropped)
            {
                _lifecycle.Runtime.Metrics.MessageDropped();
            }
        }

        return ValueTask.FromResult(outcome);
    }

    // Waiting senders have priority, to keep the order.
    private bool HasRoomFor(int cost) =>
        _waiters is null && _packets.HasRoom(cost, Options.MaxQueuedBytes, Options.MaxQueuedPackets);

    private ISessionTransport? TransportToSignal() => _corked && _packets.Bytes < MaxCorkedBytes ? null : _transport;
}
