namespace Scaler.EngineIO.Sessions;

/// <summary>What became of a received payload.</summary>
internal enum PayloadOutcome : byte
{
    /// <summary>It was handled.</summary>
    Accepted,

    /// <summary>A packet of it was none: the session has ended.</summary>
    Invalid,

    /// <summary>The session's transport has changed while the payload was on its way.</summary>
    WrongTransport,

    /// <summary>The client has sent more than it may in a second: the session has ended.</summary>
    TooFast,
}
