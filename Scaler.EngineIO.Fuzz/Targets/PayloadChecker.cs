using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Reads a payload to its end or its first error, and checks the invariants of all three payload codecs.</summary>
internal static class PayloadChecker
{
    public delegate PayloadReadResult PayloadReader(
        ReadOnlySpan<byte> payload, ref int position, out Packet packet, out PacketParseError error);

    public static List<Packet> Run(ReadOnlySpan<byte> payload, PayloadReader read, ref HashCode hash, out PacketParseError error)
    {
        var packets = new List<Packet>();
        var position = 0;
        while (true)
        {
            var before = position;
            var step = read(payload, ref position, out var packet, out error);
            hash.Add(step);
            hash.Add(error);
            hash.Add(packet);
            if (step != PayloadReadResult.Packet)
            {
                Invariant.Require(position == before, "The position changed although no packet was read.");
                Invariant.Require(
                    (step == PayloadReadResult.End) == (error == PacketParseError.None),
                    "The step and the error contradict each other.");
                Invariant.Require(
                    step == PayloadReadResult.Invalid || packets.Count > 0,
                    "A payload ended before its first packet, without an error.");
                return packets;
            }

            Invariant.Require(error == PacketParseError.None, "A packet was returned together with an error.");
            Invariant.Require(position > before, "Reading a packet did not advance the position.");
            CheckPacket(packet, payload[..Math.Min(position, payload.Length)], before);
            hash.AddBytes(payload.Slice(packet.Offset, packet.Length));
            packets.Add(packet);
        }
    }

    /// <summary>Checks that a packet has a known type, and that its body is within the source, after its type byte.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="source">The source, up to the end of the packet.</param>
    /// <param name="start">The offset at which the packet starts, in bytes.</param>
    public static void CheckPacket(in Packet packet, ReadOnlySpan<byte> source, int start)
    {
        Invariant.Require(packet.Type <= PacketType.Noop, "A packet has an unknown type.");
        Invariant.Require(
            packet.Offset > start && packet.Length >= 0, "A packet body begins before its type, or has a negative length.");
        Invariant.Require((long)packet.Offset + packet.Length <= source.Length, "A packet ends after the end of its payload.");
    }

    /// <summary>Returns the data of a packet: its body, decoded if it is base64.</summary>
    public static byte[] DecodeData(ReadOnlySpan<byte> payload, in Packet packet)
    {
        var body = payload.Slice(packet.Offset, packet.Length);
        if (packet.BodyFormat != PacketBodyFormat.Base64)
        {
            return body.ToArray();
        }

        var output = new byte[Base64Text.GetMaxDecodedLength(body.Length)];
        return output[..Base64Text.Decode(body, output)];
    }

    /// <summary>Checks that reading the written payload returns the original packets.</summary>
    public static void CheckRoundTrip(ReadOnlySpan<byte> payload, List<Packet> packets, ReadOnlySpan<byte> written, PayloadReader read)
    {
        var ignored = default(HashCode);
        var reread = Run(written, read, ref ignored, out var error);
        Invariant.Require(error == PacketParseError.None, "A written payload cannot be read.");
        Invariant.Require(reread.Count == packets.Count, "A written payload has another number of packets.");
        for (var index = 0; index < packets.Count; index++)
        {
            var first = packets[index];
            var second = reread[index];
            Invariant.Require(
                second.Type == first.Type && second.BodyFormat == first.BodyFormat, "A packet changed its type or format in the round trip.");
            Invariant.Require(
                DecodeData(payload, first).AsSpan().SequenceEqual(DecodeData(written, second)),
                "A packet changed its data in the round trip.");
        }
    }
}
