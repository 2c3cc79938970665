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
    private List<EngineSession> _now = [];
    private List<EngineSession> _later = [];
    private bool _disposed;

    public OpenPacketDelay(TimeSpan delay, TimeProvider time)
    {
        _delay = delay;
        _timer = time.CreateTimer(static state => ((OpenPacketDelay)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts to send the packets of a session after the delay.</summary>
    public void Schedule(EngineSession session)
    {
        if (_delay == TimeSpan.Zero)
        {
            // The global queue runs this after the work item that sends the 101 response, so the open packet is sent separately.
            ThreadPool.UnsafeQueueUserWorkItem(static session => session.StartSending(), session, preferLocal: false);
            return;
        }

        lock (_lock)
        {
            if (_now.Count > 0)
            {
                _later.Add(session);
            }
            else if (!_disposed)
            {
                _now.Add(session);
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
        List<EngineSession> due;
        lock (_lock)
        {
            due = _now;
            (_now, _later) = (_later, []);
            if (_now.Count > 0 && !_disposed)
            {
                _timer.Change(_delay, Timeout.InfiniteTimeSpan);
            }
        }

        foreach (var session in due)
        {
            session.StartSending();
        }
    }
}
