namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Signals when a message has reached all of its receivers.</summary>
internal sealed class DeliveryCounter(int receivers)
{
    private TaskCompletionSource _all = new();
    private int _missing;

    /// <summary>Gets the number of receivers that do not have the message yet.</summary>
    public int Missing => Volatile.Read(ref _missing);

    /// <summary>Resets the count. The returned task completes when all receivers have the next message.</summary>
    public Task Next()
    {
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _missing, receivers);
        return _all.Task;
    }

    /// <summary>Counts one receiver that has received the message.</summary>
    public void Add()
    {
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _all.TrySetResult();
        }
    }
}
