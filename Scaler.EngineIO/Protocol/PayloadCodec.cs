using System.Buffers;

namespace Scaler.EngineIO.Protocol;

/// <summary>Reads and writes protocol 4 polling bodies: packets joined by the record separator (0x1E).</summary>
internal static class PayloadCodec
{
    public const byte Separator = 0x1e;

    /// <summary>
    /// Reads the packet at <paramref name="position"/> and advances the position past it. The first call passes 0.
    /// A trailing separator is an error, because an empty packet follows it.
    /// </summary>
    public static PayloadReadResult Read(ReadOnlySpan<byte> payload, ref int position, out Packet packet, out PacketParseError error)
    {
        packet = default;
        error = PacketParseError.None;
        if (position > payload.Length)
        {
            return PayloadReadResult.End;
        }

        var rest = payload[position..];
        var end = rest.IndexOf(Separator);
        var source = end < 0 ? rest : rest[..end];
        error = PacketCodec.Decode(source, out packet);
        if (error != PacketParseError.None)
        {
            return PayloadReadResult.Invalid;
        }

        packet = packet.OffsetBy(position);
        position += source.Length + 1;
        return PayloadReadResult.Packet;
    }

    /// <summary>Returns the number of packets in the payload, counted by separators without parsing the packets.</summary>
    public static int CountPackets(ReadOnlySpan<byte> payload) => payload.Count(Separator) + 1;

    /// <summary>Returns the encoded size of a packet in a payload, in bytes, without a separator.</summary>
    public static long GetEncodedLength(PacketBodyFormat body, int length) =>
        body == PacketBodyFormat.Text ? 1L + length : 1L + Base64Text.GetEncodedLength(length);

    /// <summary>Writes a packet, preceded by a separator unless it is the first one.</summary>
    /// <param name="output">The buffer to write to.</param>
    /// <param name="first"><see langword="true"/> if the packet is the first of the payload.</param>
    /// <param name="type">The packet type.</param>
    /// <param name="body">The format of <paramref name="data"/>.</param>
    /// <param name="data">The text or the raw bytes of the body.</param>
    public static void Write(IBufferWriter<byte> output, bool first, PacketType type, PacketBodyFormat body, ReadOnlySpan<byte> data)
    {
        if (!first)
        {
            output.Write([Separator]);
        }

        if (body == PacketBodyFormat.Text)
        {
            output.Write([PacketCodec.ToDigit(type)]);
            output.Write(data);
        }
        else
        {
            output.Write("b"u8);
            Base64Text.Encode(data, output);
        }
    }
}
