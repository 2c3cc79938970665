namespace Scaler.Admin.Services.Live;

/// <summary>
/// Manages the watchers of a live data source, so that the source can pause while there are none. The lock guards the list and
/// the signal. Callbacks run outside the lock, on the source's thread.
/// </summary>
internal sealed partial class Watchers(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly List<Action> _callbacks = [];
    private TaskCompletionSource _hasWatchers = NewSignal();

    /// <summary>Gets the number of watchers.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _callbacks.Count;
            }
        }
    }

    /// <summary>Adds a callback that runs on every change until the returned subscription is disposed.</summary>
    public IDisposable Add(Action changed)
    {
        lock (_gate)
        {
            _callbacks.Add(changed);
            _hasWatchers.TrySetResult();
        }

        return new Watch(this, changed);
    }

    /// <summary>Waits until there is at least one watcher.</summary>
    public Task WaitForWatcherAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _hasWatchers.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Invokes all callbacks. An exception in one callback does not affect the others.</summary>
    public void Notify()
    {
        Action[] callbacks;
        lock (_gate)
        {
            callbacks = [.. _callbacks];
        }

        foreach (var callback in callbacks)
        {
            try
            {
                callback();
            }
            catch (Exception exception)
            {
                Log.CallbackThrew(logger, exception);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Remove(Action changed)
    {
        lock (_gate)
        {
            if (_callbacks.Remove(changed) && _callbacks.Count == 0)
            {
                _hasWatchers = NewSignal();
            }
        }
    }

    private sealed class Watch(Watchers owner, Action changed) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                owner.Remove(changed);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A watcher callback threw an exception")]
        public static partial void CallbackThrew(ILogger logger, Exception exception);
    }
}
