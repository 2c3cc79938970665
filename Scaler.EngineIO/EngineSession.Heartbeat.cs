using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    // v4: PingDue -> (ping sent) PongDue -> (pong) PingDue …   v3: ClientPingDue, rearmed by each ping.
    private readonly HeartbeatDeadline _heartbeat;
    private bool _awaitsPong;

    /// <summary>
    /// Handles an expired deadline: sends a ping, closes a session without heartbeat, or ends the retention of a closed session.
    /// </summary>
    internal void OnHeartbeatDeadline()
    {
        bool timedOut;
        lock (_gate)
        {
            if (_runtime.Clock.IsArmed(_heartbeat))
            {
                // A heartbeat rearmed the deadline after it had expired.
                return;
            }

            if (_state > EngineSessionState.Open)
            {
                EndRetention();
                return;
            }

            timedOut = _awaitsPong || ProtocolVersion == 3;
            if (!timedOut)
            {
                _awaitsPong = true;
                _runtime.Clock.ArmFrom(_heartbeat, _runtime.PongDeadlines, _heartbeat.Due);
            }
        }

        if (timedOut)
        {
            Close(EngineCloseReason.PingTimeout);
        }
        else
        {
            SendControl(PacketType.Ping);
        }
    }

    /// <summary>
    /// Closes the session if its heartbeat is overdue. A request that arrives between the deadline and the timer's tick must not
    /// use a dead session.
    /// </summary>
    internal void CloseIfHeartbeatOverdue()
    {
        var list = ProtocolVersion == 3 ? _runtime.ClientPingDeadlines : _runtime.PongDeadlines;
        if (_state == EngineSessionState.Open && _runtime.Clock.IsOverdue(_heartbeat, list))
        {
            Close(EngineCloseReason.PingTimeout);
        }
    }

    private void StartHeartbeat()
    {
        lock (_gate)
        {
            if (_state == EngineSessionState.Open)
            {
                _runtime.Clock.Arm(_heartbeat, ProtocolVersion == 3 ? _runtime.ClientPingDeadlines : _runtime.PingDeadlines);
            }
        }
    }

    private void HeartbeatReceived()
    {
        lock (_gate)
        {
            if (_state != EngineSessionState.Open)
            {
                return;
            }

            _awaitsPong = false;
            _runtime.Clock.Arm(_heartbeat, ProtocolVersion == 3 ? _runtime.ClientPingDeadlines : _runtime.PingDeadlines);
        }

        LastSeen = _runtime.Time.GetUtcNow();
        Raise(Heartbeat);
    }
}
