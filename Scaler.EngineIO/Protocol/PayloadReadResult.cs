namespace Scaler.EngineIO.Protocol;

/// <summary>Specifies the result of reading the next packet of a payload.</summary>
internal enum PayloadReadResult : byte
{
    /// <summary>A packet was read.</summary>
    Packet,

    /// <summary>The payload has no more packets.</summary>
    End,

    /// <summary>The bytes at the position are not a valid packet.</summary>
    Invalid,
}
