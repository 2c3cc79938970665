namespace Scaler.EngineIO;

/// <summary>
/// What an application does with its sessions. One instance serves all sessions; the calls of one session never overlap,
/// and a session's next message waits until the call for the one before has completed: this is the back-pressure on a client.
/// </summary>
public interface IEngineHandler
{
    /// <summary>
    /// A session has been accepted. It is called before the client is told its session id, so whatever the call makes of
    /// the session is in place when the client learns that it is connected. Messages sent here follow the open packet.
    /// </summary>
    ValueTask OnOpenedAsync(EngineSession session, CancellationToken cancellationToken);

    /// <summary>A message has arrived. Its bytes are valid until the returned task completes, not longer.</summary>
    ValueTask OnMessageAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken);

    /// <summary>The session has ended. Called exactly once for each session that <see cref="OnOpenedAsync"/> was called for, after its last message.</summary>
    ValueTask OnClosedAsync(EngineSession session, EngineCloseReason reason);
}
