namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Signals when a message has reached all of its receivers.</summary>
internal sealed class Arrivals(int receivers)
{
    private TaskCompletionSource _all = new();
    private int _missing;

    /// <summary>Resets the count. The returned task completes when all receivers have the next message.</summary>
    public Task Next()
    {
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _missing, receivers);
        return _all.Task;
    }

    public void Add(int messages)
    {
        if (Interlocked.Add(ref _missing, -messages) == 0)
        {
            _all.TrySetResult();
        }
    }
}
