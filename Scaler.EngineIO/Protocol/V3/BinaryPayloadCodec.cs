using System.Buffers;
using System.Buffers.Text;

namespace Scaler.EngineIO.Protocol.V3;

/// <summary>Reads and writes protocol 3 binary polling bodies, used if at least one packet is binary.</summary>
internal static class BinaryPayloadCodec
{
    private const byte Text = 0;
    private const byte Binary = 1;
    private const byte EndOfLength = 0xFF;
    private const int MaxLengthDigits = 10;

    // 00 06 FF 34 68 65 6C 6C 6F   text, 6 bytes: "4hello"
    // 01 05 FF 04 01 02 03 04      binary, 5 bytes: message 01 02 03 04
    // Each decimal digit of the length is a byte with the digit's value, not its character: 12 is 01 02.
    public static PayloadReadResult Read(ReadOnlySpan<byte> payload, ref int position, out Packet packet, out PacketParseError error)
    {
        packet = default;
        if (position > 0 && position == payload.Length)
        {
            error = PacketParseError.None;
            return PayloadReadResult.End;
        }

        var rest = payload[position..];
        error = ReadHeader(rest, out var kind, out var length, out var header);
        if (error == PacketParseError.None)
        {
            var body = rest.Slice(header, length);
            error = kind == Text ? PacketCodec.DecodeText(body, out packet) : PacketCodec.DecodeBinary(body, out packet);
            if (error == PacketParseError.None)
            {
                packet = packet.OffsetBy(position + header);
                position += header + length;
                return PayloadReadResult.Packet;
            }
        }

        return PayloadReadResult.Invalid;
    }

    /// <summary>Returns the maximum encoded size of a packet in a payload, in bytes.</summary>
    public static long GetMaxEncodedLength(int length) => MaxLengthDigits + 3L + length;

    /// <summary>Writes a packet with its header.</summary>
    public static void Write(IBufferWriter<byte> output, PacketType type, PacketBodyFormat body, ReadOnlySpan<byte> data)
    {
        var span = output.GetSpan(MaxLengthDigits + 3);
        span[0] = body == PacketBodyFormat.Text ? Text : Binary;
        Utf8Formatter.TryFormat(1L + data.Length, span[1..], out var digits);
        for (var index = 1; index <= digits; index++)
        {
            span[index] -= (byte)'0';
        }

        span[digits + 1] = EndOfLength;
        span[digits + 2] = body == PacketBodyFormat.Text ? Protocol.PacketCodec.ToDigit(type) : (byte)type;
        output.Advance(digits + 3);
        output.Write(data);
    }

    private static PacketParseError ReadHeader(ReadOnlySpan<byte> source, out byte kind, out int length, out int header)
    {
        kind = 0;
        length = 0;
        header = 0;
        if (source.IsEmpty)
        {
            return PacketParseError.Empty;
        }

        kind = source[0];
        if (kind > Binary)
        {
            return PacketParseError.UnknownKind;
        }

        var digits = source[1..Math.Min(source.Length, MaxLengthDigits + 2)];
        var end = digits.IndexOf(EndOfLength);
        if (end <= 0)
        {
            return PacketParseError.BadLength;
        }

        long value = 0;
        foreach (var digit in digits[..end])
        {
            if (digit > 9)
            {
                return PacketParseError.BadLength;
            }

            value = (value * 10) + digit;
        }

        header = end + 2;
        if (value > source.Length - header)
        {
            return PacketParseError.Truncated;
        }

        length = (int)value;
        return PacketParseError.None;
    }
}
