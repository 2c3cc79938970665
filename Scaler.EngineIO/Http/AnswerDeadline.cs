using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Cuts off an answer that its client does not take. The server itself would give a large one as long as its least rate allows, which is
/// more than an hour for a megabyte, and long after the heartbeat has ended the session. From the session's end an answer has
/// <see cref="EngineIOOptions.ClosedSessionRetention"/>, as what waits for a poll has.
/// </summary>
/// <remarks>Its lock is taken before the clock's.</remarks>
internal sealed class AnswerDeadline : Deadline, IDisposable
{
    private readonly Lock _lock = new();
    private readonly EngineRuntime _runtime;
    private readonly IHttpRequestLifetimeFeature _request;
    private readonly CancellationTokenRegistration _sessionEnds;
    private bool _answered;

    public AnswerDeadline(EngineSession session, IHttpRequestLifetimeFeature request)
    {
        _runtime = session.Runtime;
        _request = request;
        _sessionEnds = session.ClosedToken.UnsafeRegister(static state => ((AnswerDeadline)state!).SessionEnded(), this);
    }

    public override void Expire()
    {
        lock (_lock)
        {
            // Once the request is over, its features serve another one.
            if (!_answered)
            {
                _request.Abort();
            }
        }
    }

    public void Dispose()
    {
        _sessionEnds.Dispose();
        lock (_lock)
        {
            _answered = true;
        }

        _runtime.Clock.Disarm(this);
    }

    private void SessionEnded()
    {
        lock (_lock)
        {
            if (!_answered)
            {
                _runtime.Clock.Arm(this, _runtime.RetentionDue);
            }
        }
    }
}
