namespace Scaler.Admin.Services.Live;

/// <summary>
/// Who watches a source of live data, so that the source can rest while nobody does. Its lock guards the list and the signal;
/// callbacks run outside of it, on the source's thread.
/// </summary>
internal sealed partial class Watchers(ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly List<Action> _callbacks = [];
    private TaskCompletionSource _somebody = NewSignal();

    /// <summary>How many watch.</summary>
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

    /// <summary>Calls back on every change, until the result is disposed.</summary>
    public IDisposable Add(Action changed)
    {
        lock (_gate)
        {
            _callbacks.Add(changed);
            _somebody.TrySetResult();
        }

        return new Watch(this, changed);
    }

    /// <summary>Ends as soon as somebody watches.</summary>
    public Task SomebodyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _somebody.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Tells all that there is something new. A callback that throws stops no other.</summary>
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
                _somebody = NewSignal();
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
        [LoggerMessage(1, LogLevel.Warning, "A watcher of live data failed")]
        public static partial void CallbackThrew(ILogger logger, Exception exception);
    }
}
