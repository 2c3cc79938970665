using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>One protocol 4 packet.</summary>
internal static class V4PacketTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var source = input.Span;
        var error = PacketCodec.Decode(source, out var packet);
        Property.Holds((error == PacketParseError.Empty) == source.IsEmpty, "Only no bytes at all are an empty packet.");
        if (error == PacketParseError.None)
        {
            PayloadWalk.CheckPacket(packet, source, 0);
            Property.Holds(packet.Length == source.Length - 1, "A packet is not all that follows its type.");
            var lead = packet.Body == PacketBody.Base64 ? (byte)'b' : PacketCodec.Digit(packet.Type);
            Property.Holds(source[0] == lead, "A packet is of another type than its first character says.");
        }

        return HashCode.Combine(error, packet);
    }
}
