using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks a single protocol 4 packet.</summary>
internal static class V4PacketTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var source = input.Span;
        var error = PacketCodec.Decode(source, out var packet);
        Invariant.Require((error == PacketParseError.Empty) == source.IsEmpty, "The error Empty must mean empty input.");
        if (error == PacketParseError.None)
        {
            PayloadChecker.CheckPacket(packet, source, 0);
            Invariant.Require(packet.Length == source.Length - 1, "The body does not extend to the end of the packet.");
            var lead = packet.BodyFormat == PacketBodyFormat.Base64 ? (byte)'b' : PacketCodec.ToDigit(packet.Type);
            Invariant.Require(source[0] == lead, "The packet type differs from its first character.");
        }

        return HashCode.Combine(error, packet);
    }
}
