namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Holds the callers that wait until the packets that were queued before their call are written. Exists only while a caller
/// waits. The session's lock guards it.
/// </summary>
internal sealed class DrainWaiters
{
    private readonly Queue<Waiter> _waiters = new();

    // The cost of the packets that were written since this object was created.
    private long _written;
    private Waiter? _last;

    /// <summary>Adds a caller. Callers without packets between them share one task.</summary>
    /// <param name="cost">The cost of the packets that are queued or being written.</param>
    public Task<bool> Add(int cost)
    {
        if (_last is null || _last.Target != _written + cost)
        {
            _last = new Waiter(_written + cost);
            _waiters.Enqueue(_last);
        }

        return _last.Task;
    }

    /// <summary>Completes the callers whose packets are written.</summary>
    /// <returns><see langword="true"/> if no caller waits any longer; otherwise, <see langword="false"/>.</returns>
    public bool TryCompleteAll(int cost)
    {
        _written += cost;
        while (_waiters.TryPeek(out var waiter) && waiter.Target <= _written)
        {
            _waiters.Dequeue().SetResult(true);
        }

        return _waiters.Count == 0;
    }

    /// <summary>Fails all callers, because the session ends.</summary>
    public void Fail()
    {
        foreach (var waiter in _waiters)
        {
            waiter.SetResult(false);
        }
    }

    private sealed class Waiter(long target) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        /// <summary>Gets the total cost written at which the packets before the call are written.</summary>
        public long Target { get; } = target;
    }
}
