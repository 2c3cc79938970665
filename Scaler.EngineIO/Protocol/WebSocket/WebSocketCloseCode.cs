namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>The close codes this server sends: those of RFC 6455 section 7.4, and of the 4000s where an Engine.IO session has its own reason.</summary>
internal enum WebSocketCloseCode : ushort
{
    /// <summary>No code at all: the close frame is empty.</summary>
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
