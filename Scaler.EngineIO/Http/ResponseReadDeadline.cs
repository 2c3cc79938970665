using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Timing;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Aborts a response that the client does not read within <see cref="EngineIOOptions.ClosedSessionRetention"/> after the session
/// has closed. A closed session keeps its queued packets for the same time. Kestrel's minimum data rate alone would allow more
/// than an hour for 1 MB, long after the heartbeat has closed the session.
/// </summary>
/// <remarks>Lock order: this object's lock is acquired before the lock of <see cref="DeadlineClock"/>.</remarks>
internal sealed class ResponseReadDeadline : Deadline, IDisposable
{
    private readonly Lock _lock = new();
    private readonly EngineRuntime _runtime;
    private readonly IHttpRequestLifetimeFeature _request;
    private readonly CancellationTokenRegistration _closedRegistration;
    private bool _answered;

    public ResponseReadDeadline(EngineSession session, IHttpRequestLifetimeFeature request)
    {
        _runtime = session.Runtime;
        _request = request;
        _closedRegistration = session.ClosedToken.UnsafeRegister(
            static state => ((ResponseReadDeadline)state!).OnSessionClosed(), this);
    }

    public override void Expire()
    {
        lock (_lock)
        {
            // Kestrel reuses the request's features, so after this request Abort would affect another one.
            if (!_answered)
            {
                _request.Abort();
            }
        }
    }

    public void Dispose()
    {
        _closedRegistration.Dispose();
        lock (_lock)
        {
            _answered = true;
        }

        _runtime.Clock.Disarm(this);
    }

    private void OnSessionClosed()
    {
        lock (_lock)
        {
            if (!_answered)
            {
                _runtime.Clock.Arm(this, _runtime.RetentionDeadlines);
            }
        }
    }
}
