namespace Scaler.EngineIO.Protocol;

/// <summary>Represents a decoded packet: its type, and the position of its body in the source bytes.</summary>
/// <param name="Type">The packet type.</param>
/// <param name="BodyFormat">The format of the body.</param>
/// <param name="Offset">The offset of the body in the source, in bytes.</param>
/// <param name="Length">The length of the body, in bytes.</param>
internal readonly record struct Packet(PacketType Type, PacketBodyFormat BodyFormat, int Offset, int Length)
{
    /// <summary>Returns the same packet for a source that begins <paramref name="by"/> bytes earlier.</summary>
    public Packet OffsetBy(int by) => this with { Offset = Offset + by };
}
