namespace Scaler.EngineIO.Sessions;

/// <summary>What a poll finds.</summary>
internal enum PollOutcome : byte
{
    /// <summary>Packets to answer with.</summary>
    Output,

    /// <summary>Nothing yet: the poll is held.</summary>
    Held,

    /// <summary>It is to be answered with a noop: an upgrade is on its way, or the client said goodbye.</summary>
    Noop,

    /// <summary>The session has ended: what is left, and the close packet.</summary>
    Close,

    /// <summary>The session has ended before this poll came: what is left, or a noop and the close packet.</summary>
    LateClose,

    /// <summary>Another poll is held: the session ends.</summary>
    Duplicate,

    /// <summary>The session is no longer on polling.</summary>
    WrongTransport,

    /// <summary>The session has ended, and there is nothing left to say.</summary>
    Gone,
}
