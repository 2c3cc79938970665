namespace Scaler.EngineIO.Sessions;

/// <summary>The deadline of a session's next heartbeat event or, after the session has ended, of its retention.</summary>
internal sealed class HeartbeatDeadline(EngineSession session) : Deadline
{
    public override void Expire() => session.OnHeartbeatDeadline();
}
