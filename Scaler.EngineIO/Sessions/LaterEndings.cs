using System.Collections.Concurrent;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Tells of the ends of sessions on a thread of the pool, one in a turn: who has work for the pool meanwhile waits for one end, not for all
/// of them.
/// </summary>
internal sealed class LaterEndings : IThreadPoolWorkItem
{
    private readonly ConcurrentQueue<(EngineSession Session, SessionEnding Ending)> _endings = new();
    private int _count;

    public void Add(EngineSession session, in SessionEnding ending)
    {
        _endings.Enqueue((session, ending));
        if (Interlocked.Increment(ref _count) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_endings.TryDequeue(out var next))
        {
            next.Session.Tell(next.Ending);
        }

        if (Interlocked.Decrement(ref _count) > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
