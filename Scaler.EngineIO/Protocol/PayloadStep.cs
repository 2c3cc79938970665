namespace Scaler.EngineIO.Protocol;

/// <summary>What a step through a payload found.</summary>
internal enum PayloadStep : byte
{
    Packet,
    End,
    Invalid,
}
