namespace Scaler.EngineIO.Sessions;

/// <summary>A session's next heartbeat event; after its end, the time until it is forgotten.</summary>
internal sealed class HeartbeatDeadline(EngineSession session) : Deadline
{
    public override void Expire() => session.HeartbeatExpired();
}
