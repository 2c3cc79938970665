namespace Scaler.EngineIO.Protocol;

/// <summary>How the bytes behind a packet's type are to be read.</summary>
internal enum PacketBody : byte
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>Raw bytes.</summary>
    Binary,

    /// <summary>Bytes as base64.</summary>
    Base64,
}
