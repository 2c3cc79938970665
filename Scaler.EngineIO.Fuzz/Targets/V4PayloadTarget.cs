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
        var packets = PayloadWalk.Run(payload, PayloadCodec.Read, ref hash, out var error);
        var count = PayloadCodec.Count(payload);
        Property.Holds(packets.Count <= count, "The payload has more packets than counted.");
        hash.Add(count);
        if (error == PacketParseError.None)
        {
            Property.Holds(packets.Count == count, "The payload has fewer packets than counted.");
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
            var data = PayloadWalk.Data(payload, packet);
            length += PayloadCodec.EncodedLength(packet.Body, data.Length);
            PayloadCodec.Write(output, output.WrittenCount == 0, packet.Type, packet.Body, data);
            allText &= packet.Body == PacketBody.Text;
        }

        Property.Holds(output.WrittenCount == length, "The calculated encoded length differs from the length written.");
        // The codec reads many forms of base64 but writes only one, so compare the bytes of text payloads only.
        Property.Holds(!allText || payload.SequenceEqual(output.WrittenSpan), "A text payload changed in the round trip.");
        PayloadWalk.CheckRoundTrip(payload, packets, output.WrittenSpan, PayloadCodec.Read);
    }
}
