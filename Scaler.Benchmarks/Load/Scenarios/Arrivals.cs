namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Tells when a message has come to all of its receivers.</summary>
internal sealed class Arrivals(int receivers)
{
    private TaskCompletionSource _all = new();
    private int _missing;

    /// <summary>Begins anew; the task ends when each receiver has it.</summary>
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
