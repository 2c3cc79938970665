namespace Scaler.EngineIO.Sessions;

/// <summary>Represents the current consumer of a session's queue: a held poll or a WebSocket.</summary>
internal interface IOutputDrain
{
    /// <summary>
    /// Signals that the queue contains packets. Called without locks, from any thread, even if the queue is already being
    /// drained.
    /// </summary>
    void OutputAvailable();

    /// <summary>
    /// Signals that a broadcast has queued a message. Unlike <see cref="OutputAvailable"/>, the write may be left to another
    /// thread.
    /// </summary>
    void BroadcastOutputAvailable();
}
