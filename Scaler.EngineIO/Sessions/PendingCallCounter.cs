namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Counts the ended sessions whose <see cref="IEngineHandler.OnClosedAsync"/> call has not completed, so that a shutdown can wait
/// for them.
/// </summary>
internal sealed class PendingCallCounter
{
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _none;

    public void Begin()
    {
        lock (_lock)
        {
            _count++;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            if (--_count == 0)
            {
                _none?.TrySetResult();
                _none = null;
            }
        }
    }

    public Task WaitForZeroAsync()
    {
        lock (_lock)
        {
            return _count == 0
                ? Task.CompletedTask
                : (_none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
