namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>
/// Specifies the close codes that the server sends: codes of RFC 6455 section 7.4, and 4000-range codes for reasons specific to
/// Engine.IO sessions.
/// </summary>
internal enum WebSocketCloseCode : ushort
{
    /// <summary>No code: the close frame has an empty payload.</summary>
    None = 0,
    Normal = 1000,
    ProtocolError = 1002,
    InvalidData = 1007,
    PolicyViolation = 1008,
    TooBig = 1009,
    InternalError = 1011,
    InvalidPacket = 4400,
    Forbidden = 4403,
    PingTimeout = 4408,
    Conflict = 4409,
    SlowConsumer = 4429,
    ServerShutdown = 4503,
    UpgradeTimeout = 4504,
}
