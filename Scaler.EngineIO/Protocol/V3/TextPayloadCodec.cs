using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Scaler.EngineIO.Protocol.V3;

/// <summary>
/// Reads and writes protocol 3 text polling bodies, <c>6:4hello2:4€</c>. The body is UTF-8, but each length counts UTF-16 code
/// units, because the protocol follows JavaScript's string length.
/// </summary>
internal static class TextPayloadCodec
{
    // The largest possible payload, int.MaxValue bytes, has a length of ten digits.
    private const int MaxLengthDigits = 10;

    /// <summary>Reads the packet at <paramref name="position"/> and advances the position past it.</summary>
    /// <remarks>The payload must be valid UTF-8. Otherwise packets may be split wrongly, but still within the payload.</remarks>
    public static PayloadReadResult Read(ReadOnlySpan<byte> payload, ref int position, out Packet packet, out PacketParseError error)
    {
        packet = default;
        if (position > 0 && position == payload.Length)
        {
            error = PacketParseError.None;
            return PayloadReadResult.End;
        }

        var rest = payload[position..];
        error = ReadLength(rest, out var units, out var header);
        if (error == PacketParseError.None)
        {
            error = MeasureUnits(rest[header..], units, out var length);
            if (error == PacketParseError.None)
            {
                error = PacketCodec.DecodeText(rest.Slice(header, length), out packet);
                if (error == PacketParseError.None)
                {
                    packet = packet.OffsetBy(position + header);
                    position += header + length;
                    return PayloadReadResult.Packet;
                }
            }
        }

        return PayloadReadResult.Invalid;
    }

    /// <summary>Returns the maximum encoded size of a packet in a payload, in bytes.</summary>
    public static long GetMaxEncodedLength(PacketBodyFormat body, int length) =>
        MaxLengthDigits + 3L + (body == PacketBodyFormat.Text ? length : Base64Text.GetEncodedLength(length));

    /// <summary>Writes a packet with its length.</summary>
    public static void Write(IBufferWriter<byte> output, PacketType type, PacketBodyFormat body, ReadOnlySpan<byte> data)
    {
        var units = body == PacketBodyFormat.Text ? 1L + Encoding.UTF8.GetCharCount(data) : 2L + Base64Text.GetEncodedLength(data.Length);
        var span = output.GetSpan(MaxLengthDigits + 1);
        Utf8Formatter.TryFormat(units, span, out var digits);
        span[digits] = (byte)':';
        output.Advance(digits + 1);
        if (body == PacketBodyFormat.Text)
        {
            output.Write([Protocol.PacketCodec.ToDigit(type)]);
            output.Write(data);
        }
        else
        {
            output.Write([(byte)'b', Protocol.PacketCodec.ToDigit(type)]);
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

        // Digits only: Utf8Parser accepts a sign, and stops at any other character.
        if (source[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !Utf8Parser.TryParse(source[..colon], out units, out _))
        {
            return PacketParseError.BadLength;
        }

        header = colon + 1;
        return units == 0 ? PacketParseError.Empty : PacketParseError.None;
    }

    private static PacketParseError MeasureUnits(ReadOnlySpan<byte> source, int units, out int length)
    {
        length = 0;
        // A UTF-8 character has at least as many bytes as UTF-16 code units.
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
            if (bytes > source.Length - length)
            {
                return PacketParseError.Truncated;
            }

            units -= bytes == 4 ? 2 : 1;
            length += bytes;
        }

        return units < 0 ? PacketParseError.SplitCharacter : PacketParseError.None;
    }
}
