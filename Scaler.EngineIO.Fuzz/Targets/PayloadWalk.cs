using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Reads a payload to its end or its first error, and checks what holds for all three codecs.</summary>
internal static class PayloadWalk
{
    public delegate PayloadStep Reader(ReadOnlySpan<byte> payload, ref int position, out Packet packet, out PacketParseError error);

    public static List<Packet> Run(ReadOnlySpan<byte> payload, Reader read, ref HashCode hash, out PacketParseError error)
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
            if (step != PayloadStep.Packet)
            {
                Property.Holds(position == before, "A step that found no packet moved.");
                Property.Holds((step == PayloadStep.End) == (error == PacketParseError.None), "An end is no error, and an error none.");
                Property.Holds(step == PayloadStep.Invalid || packets.Count > 0, "A payload ended before its first packet.");
                return packets;
            }

            Property.Holds(error == PacketParseError.None, "A packet came with an error.");
            Property.Holds(position > before, "A packet took no bytes.");
            CheckPacket(packet, payload[..Math.Min(position, payload.Length)], before);
            hash.AddBytes(payload.Slice(packet.Offset, packet.Length));
            packets.Add(packet);
        }
    }

    /// <summary>Checks that a packet is of a known type, and lies within the source behind <paramref name="start"/>.</summary>
    public static void CheckPacket(in Packet packet, ReadOnlySpan<byte> source, int start)
    {
        Property.Holds(packet.Type <= PacketType.Noop, "A packet is of no known type.");
        Property.Holds(packet.Offset > start && packet.Length >= 0, "A packet begins before its type.");
        Property.Holds((long)packet.Offset + packet.Length <= source.Length, "A packet ends behind its payload.");
    }

    /// <summary>The bytes that a packet stands for: its body, or what its base64 decodes to.</summary>
    public static byte[] Data(ReadOnlySpan<byte> payload, in Packet packet)
    {
        var body = payload.Slice(packet.Offset, packet.Length);
        if (packet.Body != PacketBody.Base64)
        {
            return body.ToArray();
        }

        var output = new byte[Base64Text.MaxDecodedLength(body.Length)];
        return output[..Base64Text.Decode(body, output)];
    }

    /// <summary>Checks that reading what was written gives the packets it was written from.</summary>
    public static void CheckRoundTrip(ReadOnlySpan<byte> payload, List<Packet> packets, ReadOnlySpan<byte> written, Reader read)
    {
        var ignored = default(HashCode);
        var again = Run(written, read, ref ignored, out var error);
        Property.Holds(error == PacketParseError.None, "What was written can't be read.");
        Property.Holds(again.Count == packets.Count, "What was written has another count of packets.");
        for (var index = 0; index < packets.Count; index++)
        {
            var first = packets[index];
            var second = again[index];
            Property.Holds(second.Type == first.Type && second.Body == first.Body, "A packet changed its type.");
            Property.Holds(Data(payload, first).AsSpan().SequenceEqual(Data(written, second)), "A packet changed its content.");
        }
    }
}
