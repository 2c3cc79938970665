namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>Specifies the reason why a WebSocket frame or message was rejected.</summary>
internal enum FrameError : byte
{
    None,
    ReservedBit,
    ReservedOpcode,
    NotMasked,
    FragmentedControl,
    ControlTooLong,
    BadLength,
    UnexpectedContinuation,
    ExpectedContinuation,
    BadClosePayload,
    InvalidUtf8,
    TooBig,
    TooManyFragments,
    BadCompression,
}
