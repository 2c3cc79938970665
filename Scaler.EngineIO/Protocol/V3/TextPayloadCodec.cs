using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Scaler.EngineIO.Protocol.V3;

/// <summary>
/// A protocol 3 polling body as text, <c>6:4hello2:4€</c>. The length counts UTF-16 code units, because the protocol was
/// written down in JavaScript; the bytes are UTF-8.
/// </summary>
internal static class TextPayloadCodec
{
    // More digits than this can't be the length of anything that fits the largest payload.
    private const int MaxLengthDigits = 10;

    /// <summary>Reads the packet at <paramref name="position"/> and moves behind it. The payload is valid UTF-8.</summary>
    public static PayloadStep Read(ReadOnlySpan<byte> payload, ref int position, out Packet packet, out PacketParseError error)
    {
        packet = default;
        if (position > 0 && position == payload.Length)
        {
            error = PacketParseError.None;
            return PayloadStep.End;
        }

        var rest = payload[position..];
        error = ReadLength(rest, out var units, out var header);
        if (error == PacketParseError.None)
        {
            error = TakeUnits(rest[header..], units, out var length);
            if (error == PacketParseError.None)
            {
                error = PacketCodec.DecodeText(rest.Slice(header, length), out packet);
                if (error == PacketParseError.None)
                {
                    packet = packet.Shifted(position + header);
                    position += header + length;
                    return PayloadStep.Packet;
                }
            }
        }

        return PayloadStep.Invalid;
    }

    /// <summary>The most bytes that a packet can take in a payload.</summary>
    public static long MaxEncodedLength(PacketBody body, int length) =>
        MaxLengthDigits + 3L + (body == PacketBody.Text ? length : Base64Text.EncodedLength(length));

    /// <summary>Writes a packet.</summary>
    public static void Write(IBufferWriter<byte> output, PacketType type, PacketBody body, ReadOnlySpan<byte> data)
    {
        var units = body == PacketBody.Text ? 1L + Encoding.UTF8.GetCharCount(data) : 2L + Base64Text.EncodedLength(data.Length);
        var span = output.GetSpan(MaxLengthDigits + 1);
        Utf8Formatter.TryFormat(units, span, out var digits);
        span[digits] = (byte)':';
        output.Advance(digits + 1);
        if (body == PacketBody.Text)
        {
            output.Write([Protocol.PacketCodec.Digit(type)]);
            output.Write(data);
        }
        else
        {
            output.Write([(byte)'b', Protocol.PacketCodec.Digit(type)]);
            Base64Text.Encode(data, output);
        }
    }

    private static PacketParseError ReadLength(ReadOnlySpan<byte> source, out int units, out int header)
    {
        units = 0;
        header = 0;
        if (source.IsEmpty)
        {
            return PacketParseError.Empty;
        }

        var colon = source[..Math.Min(source.Length, MaxLengthDigits + 1)].IndexOf((byte)':');
        if (colon <= 0)
        {
            return PacketParseError.BadLength;
        }

        // No sign, no space: the parser would accept them.
        if (source[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !Utf8Parser.TryParse(source[..colon], out units, out _))
        {
            return PacketParseError.BadLength;
        }

        header = colon + 1;
        return units == 0 ? PacketParseError.Empty : PacketParseError.None;
    }

    private static PacketParseError TakeUnits(ReadOnlySpan<byte> source, int units, out int length)
    {
        length = 0;
        // A character takes at least as many bytes as UTF-16 units.
        if (units > source.Length)
        {
            return PacketParseError.Truncated;
        }

        if (Ascii.IsValid(source[..units]))
        {
            length = units;
            return PacketParseError.None;
        }

        while (units > 0)
        {
            if (length == source.Length)
            {
                return PacketParseError.Truncated;
            }

            var lead = source[length];
            var bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
            units -= bytes == 4 ? 2 : 1;
            length += bytes;
        }

        return units < 0 ? PacketParseError.SplitCharacter : PacketParseError.None;
    }
}
