using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Holds the senders that wait for space in the queue, in order. Exists only while the queue is full. The session's lock guards
/// it.
/// </summary>
internal sealed class SendWaiters(SessionLifecycle lifecycle)
{
    private readonly SessionLifecycle _lifecycle = lifecycle;
    private readonly Queue<SendWaiter> _waiters = new();

    private EngineIOOptions Options => _lifecycle.Runtime.Options;

    /// <summary>Adds a sender. Called under the lock.</summary>
    public SendWaiter Add(in PacketGroup packets)
    {
        var waiter = new SendWaiter(packets);
        _waiters.Enqueue(waiter);
        return waiter;
    }

    /// <summary>Enqueues the packets of the senders, as far as there is space. Called under the lock.</summary>
    /// <returns><see langword="true"/> if no sender waits any longer; otherwise, <see langword="false"/>.</returns>
    public bool TryMoveAllTo(ref OutboundQueue packets)
    {
        while (_waiters.TryPeek(out var waiter))
        {
            if (waiter.IsAbandoned)
            {
                _waiters.Dequeue();
                continue;
            }

            if (!packets.HasRoom(waiter.Packets.Count, waiter.Packets.Cost, Options.MaxQueuedBytes, Options.MaxQueuedPackets))
            {
                return false;
            }

            _waiters.Dequeue();
            packets.Enqueue(waiter.Packets);
            waiter.Packets.ReturnArray();
            waiter.Complete(EngineSendOutcome.Sent);
        }

        return true;
    }

    /// <summary>Fails all senders, because the session ends. Called under the lock.</summary>
    public void Fail()
    {
        foreach (var waiter in _waiters)
        {
            if (!waiter.IsAbandoned)
            {
                waiter.Packets.Release();
                waiter.Complete(EngineSendOutcome.Closed);
            }
        }
    }

    /// <summary>
    /// Waits until the packets of a sender are queued. Closes the session if that takes longer than
    /// <see cref="EngineIOOptions.SlowConsumerTimeout"/>.
    /// </summary>
    public async ValueTask<EngineSendOutcome> WaitAsync(SendWaiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            return await waiter.Task.WaitAsync(Options.SlowConsumerTimeout, _lifecycle.Runtime.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            if (!TryAbandon(waiter))
            {
                return await waiter.Task;
            }

            _lifecycle.Close(EngineCloseReason.SlowConsumer);
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
        lock (_lifecycle.Gate)
        {
            if (waiter.Task.IsCompleted)
            {
                return false;
            }

            waiter.IsAbandoned = true;
            waiter.Packets.Release();
            return true;
        }
    }
}
