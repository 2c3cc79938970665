using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Timing;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// An upgrade of a session from polling to WebSocket. The WebSocket is opened, the client sends a probe (<c>2probe</c>), then the
/// upgrade packet (<c>5</c>). The session's lock guards this object. Its deadline is the upgrade timeout.
/// </summary>
internal sealed class UpgradeAttempt : Deadline
{
    private readonly ISessionTransport _webSocket;
    private readonly NoopDeadline _noop;

    public UpgradeAttempt(UpgradeCoordinator coordinator, ISessionTransport webSocket)
    {
        Coordinator = coordinator;
        _webSocket = webSocket;
        _noop = new NoopDeadline(this);
    }

    public UpgradeCoordinator Coordinator { get; }

    public bool IsProbed { get; private set; }

    /// <summary>Records the client's probe. From this point on, polls are released.</summary>
    public void MarkProbed() => IsProbed = true;

    /// <summary>
    /// Decides whether a poll is answered with a noop packet immediately. After the probe, this applies to the first poll, then
    /// to one poll per interval of 100 ms. Every poll must end, because a client may wait for it before it completes the upgrade.
    /// The interval keeps a client that continues to poll from doing so in a tight loop.
    /// </summary>
    /// <returns>
    /// <see langword="true"/> to answer the poll; <see langword="false"/> to hold it, until the interval has passed if the client
    /// has probed.
    /// </returns>
    public bool TryAcquireNoop()
    {
        if (!IsProbed)
        {
            return false;
        }

        var runtime = Coordinator.Runtime;
        if (runtime.Clock.IsArmed(_noop))
        {
            return false;
        }

        runtime.Clock.Arm(_noop, runtime.NoopDeadlines);
        return true;
    }

    /// <summary>Closes the WebSocket of an attempt that has ended.</summary>
    public void Close(WebSocketCloseCode code, string reason)
    {
        Disarm();
        _webSocket.Close(code, reason);
    }

    public void Disarm()
    {
        Coordinator.Runtime.Clock.Disarm(this);
        Coordinator.Runtime.Clock.Disarm(_noop);
    }

    public override void Expire() => Coordinator.Drop(this, WebSocketCloseCode.UpgradeTimeout, "upgrade timeout");

    private sealed class NoopDeadline(UpgradeAttempt attempt) : Deadline
    {
        public override void Expire() => attempt.Coordinator.ReleasePoll(attempt);
    }
}
