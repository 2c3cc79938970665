using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    // Messages sent while received messages are handled are batched into one write, up to this size.
    private const int MaxCorkedBytes = 64 * 1024;

    private Queue<SendWaiter>? _waiters;

    // A broadcast found the queue full: the session accepts no more messages and is about to be closed.
    private bool _overflowed;

    /// <summary>
    /// Sends a message. The task completes when the message is queued, which is immediate while the queue has space. If the queue
    /// is full, the call waits until the client has received enough data. If that takes longer than
    /// <see cref="EngineIOOptions.SlowConsumerTimeout"/>, the session is closed with
    /// <see cref="EngineCloseReason.SlowConsumer"/>.
    /// </summary>
    /// <param name="data">The message bytes; valid UTF-8 for text. The bytes are copied before the call returns.</param>
    /// <param name="kind">The kind of the message.</param>
    /// <param name="flags">The options for sending.</param>
    /// <param name="cancellationToken">A token to cancel the wait for space. A canceled message is not sent.</param>
    /// <returns>The result of the send.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(
        ReadOnlyMemory<byte> data, EngineMessageKind kind = EngineMessageKind.Text, EngineSendFlags flags = EngineSendFlags.None,
        CancellationToken cancellationToken = default)
    {
        var body = kind == EngineMessageKind.Text ? PacketBodyFormat.Text : PacketBodyFormat.Binary;
        return TrySendSmall(body, data.Span, flags)
            ? ValueTask.FromResult(EngineSendOutcome.Sent)
            : SendAsync(OutboundPacket.Copy(PacketType.Message, body, data.Span, flags), cancellationToken);
    }

    /// <summary>
    /// Sends a text message like
    /// <see cref="SendAsync(ReadOnlyMemory{byte}, EngineMessageKind, EngineSendFlags, CancellationToken)"/>.
    /// </summary>
    /// <param name="text">The message.</param>
    /// <param name="flags">The options for sending.</param>
    /// <param name="cancellationToken">A token to cancel the wait for space. A canceled message is not sent.</param>
    /// <returns>The result of the send.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(
        string text, EngineSendFlags flags = EngineSendFlags.None, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
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
    /// Queues a message that is encoded once for many sessions, without waiting. If the queue is full, a volatile message is
    /// dropped. For any other message, the session accepts no more messages and is closed asynchronously with
    /// <see cref="EngineCloseReason.SlowConsumer"/>.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="flags">The options for sending.</param>
    /// <returns>The result of the send.</returns>
    /// <exception cref="ObjectDisposedException">
    /// The message is disposed of, and its memory has been returned to the pool.
    /// </exception>
    public EngineSendOutcome TrySend(EngineEncodedMessage message, EngineSendFlags flags = EngineSendFlags.None)
    {
        ArgumentNullException.ThrowIfNull(message);
        var body = message.Kind == EngineMessageKind.Text ? PacketBodyFormat.Text : PacketBodyFormat.Binary;
        var packet = new OutboundPacket(PacketType.Message, body, message, message.Length, flags);
        IOutputDrain? drain;
        lock (_gate)
        {
            if (IsClosedForSending)
            {
                return EngineSendOutcome.Closed;
            }

            if (HasRoom(packet.Cost))
            {
                message.Retain();
                _queue.Enqueue(packet);
                drain = DrainToSignal();
            }
            else if ((flags & EngineSendFlags.Volatile) != 0)
            {
                _runtime.Metrics.MessageDropped();
                return EngineSendOutcome.Dropped;
            }
            else
            {
                _overflowed = true;
                goto Full;
            }
        }

        drain?.BroadcastOutputAvailable();
        return EngineSendOutcome.Sent;

    Full:
        _runtime.OverflowCloser.Add(this);
        return EngineSendOutcome.Closed;
    }

    /// <summary>
    /// Dequeues the next packet for a WebSocket. The caller passes its cost to <see cref="ReleaseSentCost"/> after sending it.
    /// </summary>
    /// <param name="packet">The packet.</param>
    /// <param name="more"><see langword="true"/> if more packets are queued; otherwise, <see langword="false"/>.</param>
    /// <returns><see langword="true"/> if a packet was dequeued; <see langword="false"/> if the queue is empty.</returns>
    internal bool TryDequeue(out OutboundPacket packet, out bool more)
    {
        lock (_gate)
        {
            if (_queue.Count == 0)
            {
                packet = default;
                more = false;
                return false;
            }

            packet = _queue.Dequeue();
            more = _queue.Count > 0;
        }

        _runtime.Metrics.PacketSent(EngineTransport.WebSocket, packet.Type);
        return true;
    }

    /// <summary>Frees unused packet memory, after the packets of a poll have been released.</summary>
    internal void ReturnUnusedMemory()
    {
        lock (_gate)
        {
            _queue.ReturnUnusedMemory();
        }
    }

    /// <summary>Releases the cost of sent packets, so that waiting senders can continue.</summary>
    /// <returns><see langword="true"/> if more packets are queued; otherwise, <see langword="false"/>.</returns>
    internal bool ReleaseSentCost(int cost)
    {
        lock (_gate)
        {
            _queue.ReleaseCost(cost);
            EnqueueWaiters();
            return _queue.Count > 0;
        }
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

        IOutputDrain? drain;
        lock (_gate)
        {
            if (IsClosedForSending || !HasRoom(OutboundPacket.CostOf(data.Length)))
            {
                return false;
            }

            _queue.EnqueueCopy(PacketType.Message, body, data, flags);
            drain = DrainToSignal();
        }

        drain?.OutputAvailable();
        return true;
    }

    private ValueTask<EngineSendOutcome> SendAsync(OutboundPacket packet, CancellationToken cancellationToken)
    {
        IOutputDrain? drain = null;
        SendWaiter? waiter = null;
        var outcome = EngineSendOutcome.Sent;
        lock (_gate)
        {
            if (IsClosedForSending)
            {
                outcome = EngineSendOutcome.Closed;
            }
            else if (HasRoom(packet.Cost))
            {
                _queue.Enqueue(packet);
                drain = DrainToSignal();
            }
            else if ((packet.Flags & EngineSendFlags.Volatile) != 0)
            {
                outcome = EngineSendOutcome.Dropped;
            }
            else
            {
                waiter = new SendWaiter(packet);
                (_waiters ??= new Queue<SendWaiter>()).Enqueue(waiter);
                // Signal the drain even while corked; otherwise a full queue would never empty.
                drain = _drain;
            }
        }

        drain?.OutputAvailable();
        if (waiter is not null)
        {
            return WaitForRoomAsync(waiter, cancellationToken);
        }

        if (outcome != EngineSendOutcome.Sent)
        {
            packet.Release();
            if (outcome == EngineSendOutcome.Dropped)
            {
                _runtime.Metrics.MessageDropped();
            }
        }

        return ValueTask.FromResult(outcome);
    }

    private async ValueTask<EngineSendOutcome> WaitForRoomAsync(SendWaiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            return await waiter.Task.WaitAsync(_runtime.Options.SlowConsumerTimeout, _runtime.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            if (!TryAbandon(waiter))
            {
                return await waiter.Task;
            }

            Close(EngineCloseReason.SlowConsumer);
            return EngineSendOutcome.Closed;
        }
        catch (OperationCanceledException)
        {
            if (!TryAbandon(waiter))
            {
                return await waiter.Task;
            }

            throw;
        }
    }

    /// <summary>Abandons a waiting send.</summary>
    /// <returns>
    /// <see langword="false"/> if the result of the send is already decided; otherwise, <see langword="true"/>.
    /// </returns>
    private bool TryAbandon(SendWaiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Task.IsCompleted)
            {
                return false;
            }

            waiter.IsAbandoned = true;
            waiter.Packet.Release();
            return true;
        }
    }

    /// <summary>Enqueues the packets of waiting senders, in order, as far as there is space. Called under the lock.</summary>
    private void EnqueueWaiters()
    {
        while (_waiters is { Count: > 0 })
        {
            var waiter = _waiters.Peek();
            if (waiter.IsAbandoned)
            {
                _waiters.Dequeue();
                continue;
            }

            if (!_queue.HasRoom(waiter.Packet.Cost, _runtime.Options.MaxQueuedBytes, _runtime.Options.MaxQueuedPackets))
            {
                return;
            }

            _waiters.Dequeue();
            _queue.Enqueue(waiter.Packet);
            waiter.Complete(EngineSendOutcome.Sent);
        }

        _waiters = null;
    }

    // Called under the lock.
    private void FailWaiters()
    {
        foreach (var waiter in _waiters ?? [])
        {
            if (!waiter.IsAbandoned)
            {
                waiter.Packet.Release();
                waiter.Complete(EngineSendOutcome.Closed);
            }
        }

        _waiters = null;
    }

    private bool IsClosedForSending => _overflowed || _state > EngineSessionState.Open;

    // Waiting senders have priority, to keep the order.
    private bool HasRoom(int cost) =>
        _waiters is null && _queue.HasRoom(cost, _runtime.Options.MaxQueuedBytes, _runtime.Options.MaxQueuedPackets);

    private IOutputDrain? DrainToSignal() => _corked && _queue.Bytes < MaxCorkedBytes ? null : _drain;

    /// <summary>Queues a control packet of the protocol. There are few of them, so they bypass the queue limits.</summary>
    private void SendControl(PacketType type)
    {
        IOutputDrain? drain;
        lock (_gate)
        {
            if (_state > EngineSessionState.Open)
            {
                return;
            }

            _queue.Enqueue(OutboundPacket.Empty(type));
            drain = DrainToSignal();
        }

        drain?.OutputAvailable();
    }
}
