namespace Scaler.EngineIO.Protocol;

/// <summary>Specifies the format of the bytes that follow a packet's type.</summary>
internal enum PacketBodyFormat : byte
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>Raw bytes.</summary>
    Binary,

    /// <summary>Binary data encoded as base64.</summary>
    Base64,
}
