namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>What parsing a frame's header found.</summary>
internal enum FrameParse : byte
{
    Complete,
    Incomplete,
    Invalid,
}
