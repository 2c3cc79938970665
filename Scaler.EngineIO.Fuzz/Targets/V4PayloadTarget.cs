using System.Buffers;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks protocol 4 polling bodies.</summary>
internal static class V4PayloadTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var payload = input.Span;
        var hash = default(HashCode);
        var packets = PayloadChecker.Run(payload, PayloadCodec.Read, ref hash, out var error);
        var count = PayloadCodec.CountPackets(payload);
        Invariant.Require(packets.Count <= count, "The payload has more packets than counted.");
        hash.Add(count);
        if (error == PacketParseError.None)
        {
            Invariant.Require(packets.Count == count, "The payload has fewer packets than counted.");
            CheckWritten(payload, packets);
        }

        return hash.ToHashCode();
    }

    private static void CheckWritten(ReadOnlySpan<byte> payload, List<Packet> packets)
    {
        var output = new ArrayBufferWriter<byte>();
        long length = packets.Count - 1;
        var allText = true;
        foreach (var packet in packets)
        {
            var data = PayloadChecker.DecodeData(payload, packet);
            length += PayloadCodec.GetEncodedLength(packet.BodyFormat, data.Length);
            PayloadCodec.Write(output, output.WrittenCount == 0, packet.Type, packet.BodyFormat, data);
            allText &= packet.BodyFormat == PacketBodyFormat.Text;
        }

        Invariant.Require(output.WrittenCount == length, "The calculated encoded length differs from the length written.");
        // The codec reads many forms of base64 but writes only one, so compare the bytes of text payloads only.
        Invariant.Require(!allText || payload.SequenceEqual(output.WrittenSpan), "A text payload changed in the round trip.");
        PayloadChecker.CheckRoundTrip(payload, packets, output.WrittenSpan, PayloadCodec.Read);
    }
}
