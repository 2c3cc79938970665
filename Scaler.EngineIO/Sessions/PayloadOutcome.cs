namespace Scaler.EngineIO.Sessions;

/// <summary>Specifies the result of a received payload.</summary>
internal enum PayloadOutcome : byte
{
    /// <summary>The payload was handled.</summary>
    Accepted,

    /// <summary>The payload was invalid or had too many packets. The session is closed.</summary>
    Invalid,

    /// <summary>The session was upgraded before the payload was complete.</summary>
    WrongTransport,

    /// <summary>The client exceeded a receive limit. The session is closed.</summary>
    RateLimited,
}
