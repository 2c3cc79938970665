using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>
/// Checks protocol 3 text polling bodies: the raw input, and the input repaired to valid UTF-8, which the codec requires.
/// </summary>
internal static class V3TextTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var hash = default(HashCode);
        // With invalid UTF-8 the packet lengths may be wrong, but reading must stay within bounds and not throw.
        PayloadChecker.Run(input.Span, V3.TextPayloadCodec.Read, ref hash, out _);
        var payload = Utf8Text.ReplaceInvalidSequences(input).Span;
        var packets = PayloadChecker.Run(payload, V3.TextPayloadCodec.Read, ref hash, out var error);
        CheckUnits(payload, packets);
        if (error == PacketParseError.None)
        {
            CheckWritten(payload, packets);
        }

        return hash.ToHashCode();
    }

    // .NET strings count UTF-16 code units, as JavaScript clients do, so they give the expected packet boundaries.
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
                Invariant.Require(char.IsAsciiDigit(digit), "A packet length contains a character that is not a digit.");
                units = (units * 10) + (digit - '0');
            }

            Invariant.Require(units <= text.Length - colon - 1, "A packet is longer than the payload.");
            var packetText = text.AsSpan(colon + 1, (int)units);
            var prefixLength = packet.BodyFormat == PacketBodyFormat.Base64 ? 2 : 1;
            Invariant.Require(
                packetText[prefixLength..].SequenceEqual(Encoding.UTF8.GetString(payload.Slice(packet.Offset, packet.Length))),
                "The packet body differs from the text that its length in UTF-16 code units selects.");
            start = colon + 1 + (int)units;
        }
    }

    private static void CheckWritten(ReadOnlySpan<byte> payload, List<Packet> packets)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var packet in packets)
        {
            var before = output.WrittenCount;
            var data = PayloadChecker.DecodeData(payload, packet);
            V3.TextPayloadCodec.Write(output, packet.Type, packet.BodyFormat, data);
            Invariant.Require(
                output.WrittenCount - before <= V3.TextPayloadCodec.GetMaxEncodedLength(packet.BodyFormat, data.Length),
                "A packet is longer than the calculated maximum.");
        }

        PayloadChecker.CheckRoundTrip(payload, packets, output.WrittenSpan, V3.TextPayloadCodec.Read);
    }
}
