using System.IO.Pipelines;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Timing;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Cancels the pending read of a request body that takes longer than <see cref="EngineIOOptions.RequestBodyTimeout"/> in total.
/// Kestrel's minimum data rate alone would allow more than an hour for 1 MB.
/// </summary>
/// <remarks>Lock order: this object's lock is acquired before the lock of <see cref="DeadlineClock"/>.</remarks>
internal sealed class RequestBodyDeadline : Deadline, IDisposable
{
    private readonly Lock _lock = new();
    private readonly EngineRuntime _runtime;
    private readonly PipeReader _body;
    private bool _ended;

    private RequestBodyDeadline(EngineRuntime runtime, PipeReader body)
    {
        _runtime = runtime;
        _body = body;
    }

    /// <summary>Starts the time limit of a body.</summary>
    public static RequestBodyDeadline Start(EngineRuntime runtime, PipeReader body)
    {
        var deadline = new RequestBodyDeadline(runtime, body);
        runtime.Clock.Arm(deadline, runtime.RequestBodyDeadlines);
        return deadline;
    }

    public override void Expire()
    {
        lock (_lock)
        {
            // Kestrel reuses the body's reader, so after this request a cancellation would affect another one.
            if (!_ended)
            {
                RequestBody.CancelRead(_body);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
        }

        _runtime.Clock.Disarm(this);
    }
}
