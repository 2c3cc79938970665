namespace Scaler.EngineIO.Protocol;

/// <summary>
/// Specifies the type of a packet. On the wire it is a digit character; in a protocol 3 binary packet, a byte with this value.
/// </summary>
internal enum PacketType : byte
{
    Open = 0,
    Close = 1,
    Ping = 2,
    Pong = 3,
    Message = 4,
    Upgrade = 5,
    Noop = 6,
}
