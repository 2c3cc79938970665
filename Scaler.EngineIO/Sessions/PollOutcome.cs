namespace Scaler.EngineIO.Sessions;

/// <summary>Specifies how a poll is answered.</summary>
internal enum PollOutcome : byte
{
    /// <summary>The poll is answered with the dequeued packets.</summary>
    Output,

    /// <summary>The queue is empty, and the poll is held.</summary>
    Held,

    /// <summary>
    /// The poll is answered with a noop packet: an upgrade is in progress or complete, or the client closed the session.
    /// </summary>
    Noop,

    /// <summary>
    /// The session ended while the poll was held. The poll is answered with the remaining packets and the close packet.
    /// </summary>
    Close,

    /// <summary>
    /// The session ended before the poll, and its queue is empty. The poll is answered with a noop and the close packet.
    /// </summary>
    NoopAndClose,

    /// <summary>Another poll is already held. The session is closed.</summary>
    Duplicate,

    /// <summary>The session no longer uses polling.</summary>
    WrongTransport,

    /// <summary>The session has ended, and has nothing left to send.</summary>
    SessionEnded,
}
