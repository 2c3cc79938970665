using System.Buffers;
using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks protocol 3 binary polling bodies.</summary>
internal static class V3BinaryTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var payload = input.Span;
        var hash = default(HashCode);
        var packets = PayloadChecker.Run(payload, V3.BinaryPayloadCodec.Read, ref hash, out var error);
        // The binary codec reads base64 in text packets, but never writes it.
        if (error == PacketParseError.None && packets.TrueForAll(static packet => packet.BodyFormat != PacketBodyFormat.Base64))
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
            V3.BinaryPayloadCodec.Write(output, packet.Type, packet.BodyFormat, payload.Slice(packet.Offset, packet.Length));
            Invariant.Require(
                output.WrittenCount - before <= V3.BinaryPayloadCodec.GetMaxEncodedLength(packet.Length),
                "A packet is longer than the calculated maximum.");
        }

        // The codec accepts leading zeros in a length and writes none.
        Invariant.Require(output.WrittenCount <= payload.Length, "The written payload is longer than the original.");
        PayloadChecker.CheckRoundTrip(payload, packets, output.WrittenSpan, V3.BinaryPayloadCodec.Read);
    }
}
