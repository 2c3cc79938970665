using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Delays the open packet of WebSockets after the 101 response. All WebSockets share one timer, because there may be thousands of
/// handshakes per second. A WebSocket that arrives while a batch is waiting joins the next batch, so its delay is one to two
/// times the configured delay.
/// </summary>
internal sealed class OpenPacketDelay : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _delay;
    private readonly ITimer _timer;
    private List<WebSocketConnection> _now = [];
    private List<WebSocketConnection> _later = [];
    private bool _disposed;

    public OpenPacketDelay(TimeSpan delay, TimeProvider time)
    {
        _delay = delay;
        _timer = time.CreateTimer(static state => ((OpenPacketDelay)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the connection's session after the delay.</summary>
    public void Schedule(WebSocketConnection connection)
    {
        if (_delay == TimeSpan.Zero)
        {
            // The global queue runs this after the work item that sends the 101 response, so the open packet is sent separately.
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.StartSession(), connection, preferLocal: false);
            return;
        }

        lock (_lock)
        {
            if (_now.Count > 0)
            {
                _later.Add(connection);
            }
            else if (!_disposed)
            {
                _now.Add(connection);
                _timer.Change(_delay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    private void OnTimer()
    {
        List<WebSocketConnection> due;
        lock (_lock)
        {
            due = _now;
            (_now, _later) = (_later, []);
            if (_now.Count > 0 && !_disposed)
            {
                _timer.Change(_delay, Timeout.InfiniteTimeSpan);
            }
        }

        foreach (var connection in due)
        {
            connection.StartSession();
        }
    }
}
