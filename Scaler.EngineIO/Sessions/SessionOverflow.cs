using System.Collections.Concurrent;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Closes the sessions whose queues a broadcast has found full, behind it: those who come after them are not to wait for their ends. It does so on a
/// thread of the pool, one in a turn, so that who has work for the pool meanwhile waits for one end, not for all of them.
/// </summary>
internal sealed class SessionOverflow : IThreadPoolWorkItem
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
