namespace Scaler.EngineIO.Protocol;

/// <summary>The type digit of a packet; on the wire it is the digit's character, in a v3 binary packet the number itself.</summary>
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
