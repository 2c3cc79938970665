using System.Collections.Concurrent;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Writes what broadcasts have given to WebSockets, on threads of the pool: who sends to thousands is not held up by thousands of writes, and
/// all cores share them. A few are written by one thread, for to wake another costs as much as a write.
/// </summary>
internal sealed class SharedWriter
{
    /// <summary>How many go into one lane before the next takes its turn.</summary>
    private const uint Share = 32;

    private const int MaxLanes = 16;

    private readonly Lane[] _lanes;
    private uint _added;

    public SharedWriter() => _lanes = [.. Enumerable.Range(0, Math.Min(Environment.ProcessorCount, MaxLanes)).Select(_ => new Lane(this))];

    /// <summary>Has a connection write. It is nobody else's turn to do so until it has written everything.</summary>
    public void Add(WebSocketConnection connection) =>
        _lanes[Interlocked.Increment(ref _added) / Share % (uint)_lanes.Length].Add(connection);

    private sealed class Lane(SharedWriter writer) : IThreadPoolWorkItem
    {
        private readonly ConcurrentQueue<WebSocketConnection> _connections = new();
        private int _running;

        public void Add(WebSocketConnection connection)
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

                // Who adds from here on starts another run; what was added before is seen below.
                Interlocked.Exchange(ref _running, 0);
            }
            while (!_connections.IsEmpty && Interlocked.Exchange(ref _running, 1) == 0);
        }
    }
}
