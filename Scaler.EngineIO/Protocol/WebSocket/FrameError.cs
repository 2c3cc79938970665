namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>All the ways in which a WebSocket frame can be wrong.</summary>
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
