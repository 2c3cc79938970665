using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// A WebSocket that wants to take a session over from polling: opened, then probed (<c>2probe</c>), then done (<c>5</c>). The
/// session's lock guards it. Its deadline is the upgrade timeout.
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

    /// <summary>The client has probed: polls are released from now on.</summary>
    public void Probed() => IsProbed = true;

    /// <summary>
    /// Whether a poll that just came is to be answered with a noop at once. The first one is, and then one in each interval:
    /// every poll must end, or a client that waits for it never finishes its upgrade; but a client that polls on must not do so
    /// as fast as it can. When false, the poll is held and released when the interval is over.
    /// </summary>
    public bool TakeNoop()
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

        clock.Arm(_noop, _session.Runtime.NoopDue);
        return true;
    }

    /// <summary>Closes the WebSocket; polling goes on.</summary>
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
