using System.Buffers;

namespace Scaler.EngineIO.Protocol;

/// <summary>A protocol 4 polling body: packets joined by the record separator.</summary>
internal static class PayloadCodec
{
    public const byte Separator = 0x1e;

    /// <summary>
    /// Reads the packet at <paramref name="position"/> and moves behind it. Begin with 0. A separator at the end is
    /// followed by an empty packet, and an empty packet is an error.
    /// </summary>
    public static PayloadStep Read(ReadOnlySpan<byte> payload, ref int position, out Packet packet, out PacketParseError error)
    {
        packet = default;
        error = PacketParseError.None;
        if (position > payload.Length)
        {
            return PayloadStep.End;
        }

        var rest = payload[position..];
        var end = rest.IndexOf(Separator);
        var one = end < 0 ? rest : rest[..end];
        error = PacketCodec.Decode(one, out packet);
        if (error != PacketParseError.None)
        {
            return PayloadStep.Invalid;
        }

        packet = packet.Shifted(position);
        position += one.Length + 1;
        return PayloadStep.Packet;
    }

    /// <summary>How many packets the payload claims to hold.</summary>
    public static int Count(ReadOnlySpan<byte> payload) => payload.Count(Separator) + 1;

    /// <summary>The bytes that a packet takes in a payload, without a separator.</summary>
    public static long EncodedLength(PacketBody body, int length) =>
        body == PacketBody.Text ? 1L + length : 1L + Base64Text.EncodedLength(length);

    /// <summary>Writes a packet; <paramref name="first"/> says whether it begins the payload.</summary>
    public static void Write(IBufferWriter<byte> output, bool first, PacketType type, PacketBody body, ReadOnlySpan<byte> data)
    {
        if (!first)
        {
            output.Write([Separator]);
        }

        if (body == PacketBody.Text)
        {
            output.Write([PacketCodec.Digit(type)]);
            output.Write(data);
        }
        else
        {
            output.Write("b"u8);
            Base64Text.Encode(data, output);
        }
    }
}
