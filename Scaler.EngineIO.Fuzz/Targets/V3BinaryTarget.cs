using System.Buffers;
using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>A protocol 3 polling body as bytes.</summary>
internal static class V3BinaryTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var payload = input.Span;
        var hash = default(HashCode);
        var packets = PayloadWalk.Run(payload, V3.BinaryPayloadCodec.Read, ref hash, out var error);
        // Base64 in a text packet is read, and never written.
        if (error == PacketParseError.None && packets.TrueForAll(static packet => packet.Body != PacketBody.Base64))
        {
            CheckWritten(payload, packets);
        }

        return hash.ToHashCode();
    }

    private static void CheckWritten(ReadOnlySpan<byte> payload, List<Packet> packets)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var packet in packets)
        {
            var before = output.WrittenCount;
            V3.BinaryPayloadCodec.Write(output, packet.Type, packet.Body, payload.Slice(packet.Offset, packet.Length));
            Property.Holds(
                output.WrittenCount - before <= V3.BinaryPayloadCodec.MaxEncodedLength(packet.Length),
                "A packet took more than was said.");
        }

        // The shortest lengths are written; zeros in front of them are read.
        Property.Holds(output.WrittenCount <= payload.Length, "What was written is longer than what was read.");
        PayloadWalk.CheckRoundTrip(payload, packets, output.WrittenSpan, V3.BinaryPayloadCodec.Read);
    }
}
