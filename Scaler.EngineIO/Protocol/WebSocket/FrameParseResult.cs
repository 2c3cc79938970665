namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>Specifies the result of parsing a frame header.</summary>
internal enum FrameParseResult : byte
{
    /// <summary>The header was parsed.</summary>
    Complete,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The header violates the protocol.</summary>
    Invalid,
}
