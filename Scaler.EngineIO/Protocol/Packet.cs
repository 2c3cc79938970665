namespace Scaler.EngineIO.Protocol;

/// <summary>One decoded packet: its type, and where its body lies in the bytes that it was decoded from.</summary>
internal readonly record struct Packet(PacketType Type, PacketBody Body, int Offset, int Length)
{
    /// <summary>The same packet, in a source that begins <paramref name="by"/> bytes earlier.</summary>
    public Packet Shifted(int by) => this with { Offset = Offset + by };
}
