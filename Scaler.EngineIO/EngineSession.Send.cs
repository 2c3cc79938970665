using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    // While received messages are being handled, what they send is kept together for one write; but not more than this.
    private const int MaxCorkedBytes = 64 * 1024;

    private Queue<SendWaiter>? _waiters;

    // A broadcast has found the queue full: nothing more goes there, and the session is about to be closed.
    private bool _overflowed;

    /// <summary>
    /// Sends a message. It completes when the message is queued, at once while the queue has room; when it is full, it waits
    /// until the client has taken enough of it, at most <see cref="EngineIOOptions.SlowConsumerTimeout"/>: then the session is
    /// closed with <see cref="EngineCloseReason.SlowConsumer"/>.
    /// </summary>
    /// <param name="data">The bytes; valid UTF-8 for text. They are copied before the call returns.</param>
    /// <param name="kind">Whether it is text or binary.</param>
    /// <param name="flags">How it is sent.</param>
    /// <param name="cancellationToken">Ends the wait; the message is not sent then.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(
        ReadOnlyMemory<byte> data, EngineMessageKind kind = EngineMessageKind.Text, EngineSendFlags flags = EngineSendFlags.None,
        CancellationToken cancellationToken = default)
    {
        var body = kind == EngineMessageKind.Text ? PacketBody.Text : PacketBody.Binary;
        return TrySendSmall(body, data.Span, flags)
            ? ValueTask.FromResult(EngineSendOutcome.Sent)
            : SendAsync(OutboundPacket.Copy(PacketType.Message, body, data.Span, flags), cancellationToken);
    }

    /// <summary>Sends a text message, see the other overload.</summary>
    /// <param name="text">The message.</param>
    /// <param name="flags">How it is sent.</param>
    /// <param name="cancellationToken">Ends the wait; the message is not sent then.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(
        string text, EngineSendFlags flags = EngineSendFlags.None, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> small = stackalloc byte[PacketChunk.MaxData];
        if (text.Length <= PacketChunk.MaxData && Encoding.UTF8.TryGetBytes(text, small, out var written)
            && TrySendSmall(PacketBody.Text, small[..written], flags))
        {
            return ValueTask.FromResult(EngineSendOutcome.Sent);
        }

        var array = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, array);
        return SendAsync(new OutboundPacket(PacketType.Message, PacketBody.Text, array, length, flags), cancellationToken);
    }

    /// <summary>
    /// Queues a message that was encoded once for many sessions; never waits. A session whose queue is full takes nothing more, and is closed
    /// with <see cref="EngineCloseReason.SlowConsumer"/> behind this call, unless the message is volatile: then only the message is dropped.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The message has been given back to the pool.</exception>
    public EngineSendOutcome TrySend(EngineEncodedMessage message, EngineSendFlags flags = EngineSendFlags.None)
    {
        ArgumentNullException.ThrowIfNull(message);
        var body = message.Kind == EngineMessageKind.Text ? PacketBody.Text : PacketBody.Binary;
        var packet = new OutboundPacket(PacketType.Message, body, message, message.Length, flags);
        IOutputDrain? drain;
        lock (_gate)
        {
            if (TakesNoMore)
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

        drain?.SharedOutputAvailable();
        return EngineSendOutcome.Sent;

    Full:
        _runtime.Overflow.Add(this);
        return EngineSendOutcome.Closed;
    }

    /// <summary>Takes the next packet for a WebSocket. Its cost is to be given back by <see cref="ReleaseSent"/> when it has been sent.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="more">Whether another one waits behind it.</param>
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

    /// <summary>Packets of a poll have been released; what held their bytes may be given back.</summary>
    internal void FreeUnused()
    {
        lock (_gate)
        {
            _queue.FreeIfUnused();
        }
    }

    /// <summary>Packets have left; senders that wait may go on.</summary>
    /// <returns>Whether there are packets to be sent.</returns>
    internal bool ReleaseSent(int cost)
    {
        lock (_gate)
        {
            _queue.Release(cost);
            AdmitWaiters();
            return _queue.Count > 0;
        }
    }

    /// <summary>Queues a small message where there is room for it at once; false leaves the decision to the other way.</summary>
    private bool TrySendSmall(PacketBody body, ReadOnlySpan<byte> data, EngineSendFlags flags)
    {
        if (data.Length > PacketChunk.MaxData)
        {
            return false;
        }

        IOutputDrain? drain;
        lock (_gate)
        {
            if (TakesNoMore || !HasRoom(OutboundPacket.CostOf(data.Length)))
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
            if (TakesNoMore)
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
                // A full queue that is corked would never empty.
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
            if (!Abandon(waiter))
            {
                return await waiter.Task;
            }

            Close(EngineCloseReason.SlowConsumer);
            return EngineSendOutcome.Closed;
        }
        catch (OperationCanceledException)
        {
            if (!Abandon(waiter))
            {
                return await waiter.Task;
            }

            throw;
        }
    }

    /// <summary>Gives up waiting; false when the outcome has been decided already.</summary>
    private bool Abandon(SendWaiter waiter)
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

    /// <summary>Moves waiting packets, in their order, to where there is room now. Called under the lock.</summary>
    private void AdmitWaiters()
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

    /// <summary>Called under the lock.</summary>
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

    private bool TakesNoMore => _overflowed || _state > EngineSessionState.Open;

    // Whoever waits already comes first.
    private bool HasRoom(int cost) =>
        _waiters is null && _queue.HasRoom(cost, _runtime.Options.MaxQueuedBytes, _runtime.Options.MaxQueuedPackets);

    private IOutputDrain? DrainToSignal() => _corked && _queue.Bytes < MaxCorkedBytes ? null : _drain;

    /// <summary>Queues a packet of the protocol itself, which has room always: there are only few of them.</summary>
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
