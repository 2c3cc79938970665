namespace Scaler.EngineIO;

/// <summary>
/// Handles the events of sessions in an application. One instance serves all sessions. The calls of one session never overlap:
/// its next message is handled after the previous call has completed, which applies back-pressure to the client.
/// </summary>
public interface IEngineHandler
{
    /// <summary>
    /// Called when a session is accepted, before its id is sent to the client. The client sees the connection only after this
    /// call has completed. Messages sent during the call follow the open packet.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">A token that is canceled when the session ends.</param>
    /// <returns>A task that represents the operation.</returns>
    ValueTask OnOpenedAsync(EngineSession session, CancellationToken cancellationToken);

    /// <summary>Called when a message is received.</summary>
    /// <param name="session">The session.</param>
    /// <param name="message">The message. Its bytes are valid until the returned task completes.</param>
    /// <param name="cancellationToken">A token that is canceled when the session ends.</param>
    /// <returns>A task that represents the operation.</returns>
    ValueTask OnMessageAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken);

    /// <summary>
    /// Called when a session has ended, after its last message. The call is made exactly once for each session that was passed to
    /// <see cref="OnOpenedAsync"/>.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="reason">The reason the session ended.</param>
    /// <returns>A task that represents the operation.</returns>
    ValueTask OnClosedAsync(EngineSession session, EngineCloseReason reason);
}
