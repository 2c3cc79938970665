using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>A protocol 3 polling body as text: as it came, and as valid UTF-8, which the codec is promised.</summary>
internal static class V3TextTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var hash = default(HashCode);
        // Without the promise the lengths may be wrong, and that is all.
        PayloadWalk.Run(input.Span, V3.TextPayloadCodec.Read, ref hash, out _);
        var payload = Utf8Text.Repair(input).Span;
        var packets = PayloadWalk.Run(payload, V3.TextPayloadCodec.Read, ref hash, out var error);
        CheckUnits(payload, packets);
        if (error == PacketParseError.None)
        {
            CheckWritten(payload, packets);
        }

        return hash.ToHashCode();
    }

    // A string counts as a JavaScript client does.
    private static void CheckUnits(ReadOnlySpan<byte> payload, List<Packet> packets)
    {
        var text = Encoding.UTF8.GetString(payload);
        var start = 0;
        foreach (var packet in packets)
        {
            var colon = text.IndexOf(':', start);
            var units = 0L;
            foreach (var digit in text.AsSpan(start, colon - start))
            {
                Property.Holds(char.IsAsciiDigit(digit), "A length is no number.");
                units = (units * 10) + (digit - '0');
            }

            Property.Holds(units <= text.Length - colon - 1, "A packet is longer than the payload.");
            var one = text.AsSpan(colon + 1, (int)units);
            var head = packet.Body == PacketBody.Base64 ? 2 : 1;
            Property.Holds(
                one[head..].SequenceEqual(Encoding.UTF8.GetString(payload.Slice(packet.Offset, packet.Length))),
                "A packet is not what its length in UTF-16 units says.");
            start = colon + 1 + (int)units;
        }
    }

    private static void CheckWritten(ReadOnlySpan<byte> payload, List<Packet> packets)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var packet in packets)
        {
            var before = output.WrittenCount;
            var data = PayloadWalk.Data(payload, packet);
            V3.TextPayloadCodec.Write(output, packet.Type, packet.Body, data);
            Property.Holds(
                output.WrittenCount - before <= V3.TextPayloadCodec.MaxEncodedLength(packet.Body, data.Length),
                "A packet took more than was said.");
        }

        PayloadWalk.CheckRoundTrip(payload, packets, output.WrittenSpan, V3.TextPayloadCodec.Read);
    }
}
