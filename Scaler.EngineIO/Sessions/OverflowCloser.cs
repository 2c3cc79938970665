using System.Collections.Concurrent;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Closes the sessions whose queues were full during a broadcast, asynchronously, so that the closes do not delay the other
/// receivers. Each thread pool work item closes one session, so that other work items wait for one close and not for all of them.
/// </summary>
internal sealed class OverflowCloser : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<EngineSession> _sessions = new();
    private int _count;

    public void Add(EngineSession session)
    {
        _sessions.Enqueue(session);
        if (Interlocked.Increment(ref _count) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_sessions.TryDequeue(out var session))
        {
            session.Close(EngineCloseReason.SlowConsumer);
        }

        if (Interlocked.Decrement(ref _count) > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
