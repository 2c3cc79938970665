using System.Collections.Concurrent;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// WebSockets that a broadcast has given something to write. They write on a thread of the pool, one after the other: who sends to
/// thousands is not held up by thousands of writes, and several queues share them among the cores.
/// </summary>
internal sealed class WriteQueue : IThreadPoolWorkItem
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
                connection.Write();
            }

            // Who adds from here on starts another run; who added before has been seen.
            Volatile.Write(ref _running, 0);
            Interlocked.MemoryBarrier();
        }
        while (!_connections.IsEmpty && Interlocked.Exchange(ref _running, 1) == 0);
    }
}
