using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// An upgrade of a session from polling to WebSocket. The WebSocket is opened, the client sends a probe (<c>2probe</c>), then the
/// upgrade packet (<c>5</c>). The session's lock guards this object. Its deadline is the upgrade timeout.
/// </summary>
internal sealed class UpgradeAttempt : Deadline
{
    private readonly EngineSession _session;
    private readonly WebSocketConnection _socket;
    private readonly NoopDeadline _noop;

    public UpgradeAttempt(EngineSession session, WebSocketConnection socket)
    {
        _session = session;
        _socket = socket;
        _noop = new NoopDeadline(session, this);
    }

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

        var clock = _session.Runtime.Clock;
        if (clock.IsArmed(_noop))
        {
            return false;
        }

        clock.Arm(_noop, _session.Runtime.NoopDeadlines);
        return true;
    }

    /// <summary>Closes the WebSocket. Polling continues.</summary>
    public void Drop(WebSocketCloseCode code, string reason)
    {
        Disarm();
        _socket.Close(code, reason);
    }

    public void Disarm()
    {
        _session.Runtime.Clock.Disarm(this);
        _session.Runtime.Clock.Disarm(_noop);
    }

    public override void Expire() => _session.DropUpgrade(this, WebSocketCloseCode.UpgradeTimeout, "upgrade timeout");

    private sealed class NoopDeadline(EngineSession session, UpgradeAttempt attempt) : Deadline
    {
        public override void Expire() => session.ReleasePollForUpgrade(attempt);
    }
}
