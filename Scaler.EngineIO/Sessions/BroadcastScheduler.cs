using System.Collections.Concurrent;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Writes the queued messages of a broadcast to its WebSockets, on the thread pool. The sender does not wait for thousands of
/// writes, and all cores share them. A small number of WebSockets is written by one thread, because waking another thread costs
/// as much as a write.
/// </summary>
internal sealed class BroadcastScheduler
{
    /// <summary>The number of consecutive connections that are added to one lane before the next lane is used.</summary>
    private const uint ConnectionsPerTurn = 32;

    private const int MaxLanes = 16;

    private readonly Lane[] _lanes;
    private uint _added;

    public BroadcastScheduler() => _lanes = [.. Enumerable.Range(0, Math.Min(Environment.ProcessorCount, MaxLanes)).Select(_ => new Lane(this))];

    /// <summary>
    /// Schedules the write of a connection. The caller has claimed the connection's writing state, so no other thread writes to
    /// it meanwhile.
    /// </summary>
    public void Schedule(IScheduledWriter connection) =>
        _lanes[Interlocked.Increment(ref _added) / ConnectionsPerTurn % (uint)_lanes.Length].Add(connection);

    private sealed class Lane(BroadcastScheduler writer) : IThreadPoolWorkItem
    {
        private readonly ConcurrentQueue<IScheduledWriter> _connections = new();
        private int _running;

        public void Add(IScheduledWriter connection)
        {
            _connections.Enqueue(connection);
            if (Interlocked.Exchange(ref _running, 1) == 0)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }

        void IThreadPoolWorkItem.Execute()
        {
            do
            {
                while (_connections.TryDequeue(out var connection))
                {
                    connection.Write(writer);
                }

                // A connection that is added from here on schedules another run. The check below sees one that was added before.
                Interlocked.Exchange(ref _running, 0);
            }
            while (!_connections.IsEmpty && Interlocked.Exchange(ref _running, 1) == 0);
        }
    }
}
