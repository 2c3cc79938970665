using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Scaler.Cluster.Peers;

/// <summary>
/// Numbers, texts and headers within a frame. A number is in groups of seven bits, the lowest first; a text is its length in UTF-8 and
/// that; headers are for each its name, the count of its values, and these, and a name of no length behind the last.
/// </summary>
internal static class PeerText
{
    /// <summary>Characters of a text whose length in UTF-8 is less than 128, whatever they are.</summary>
    private const int ShortText = 42;

    public static void Write(IBufferWriter<byte> writer, int number)
    {
        var span = writer.GetSpan(5);
        var (left, at) = ((uint)number, 0);
        for (; left >= 0x80; left >>= 7)
        {
            span[at++] = (byte)(left | 0x80);
        }

        span[at++] = (byte)left;
        writer.Advance(at);
    }

    public static void Write(IBufferWriter<byte> writer, string? text)
    {
        text ??= "";
        if (text.Length <= ShortText)
        {
            // Its length takes one byte, whatever its characters are.
            var span = writer.GetSpan(1 + (3 * ShortText));
            span[0] = (byte)Encoding.UTF8.GetBytes(text, span[1..]);
            writer.Advance(1 + span[0]);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Write(writer, length);
        writer.Advance(Encoding.UTF8.GetBytes(text, writer.GetSpan(length)));
    }

    /// <summary>Writes the headers that a server passes on.</summary>
    public static void Write(IBufferWriter<byte> writer, IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (PeerHeaders.IsPassedOn(name))
            {
                Write(writer, name);
                Write(writer, values.Count);
                foreach (var value in values)
                {
                    Write(writer, value);
                }
            }
        }

        Write(writer, "");
    }

    /// <exception cref="InvalidDataException">There is none.</exception>
    public static int ReadNumber(ref ReadOnlySpan<byte> span)
    {
        var number = 0u;
        for (var (at, shift) = (0, 0); at < Math.Min(span.Length, 5); at++, shift += 7)
        {
            number |= (span[at] & 0x7Fu) << shift;
            if (span[at] < 0x80)
            {
                span = span[(at + 1)..];
                return number <= int.MaxValue ? (int)number : throw Malformed();
            }
        }

        throw Malformed();
    }

    /// <exception cref="InvalidDataException">There is none.</exception>
    public static string ReadText(ref ReadOnlySpan<byte> span)
    {
        var length = ReadNumber(ref span);
        if (length > span.Length)
        {
            throw Malformed();
        }

        var text = Encoding.UTF8.GetString(span[..length]);
        span = span[length..];
        return text;
    }

    /// <summary>Reads headers in place of those of the same names.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static void ReadHeaders(ref ReadOnlySpan<byte> span, IHeaderDictionary headers)
    {
        while (ReadText(ref span) is { Length: > 0 } name)
        {
            var values = ReadNumber(ref span);
            if (values == 1)
            {
                headers[name] = ReadText(ref span);
                continue;
            }

            // A value takes a byte at least.
            var all = new string[values <= span.Length ? values : throw Malformed()];
            for (var i = 0; i < values; i++)
            {
                all[i] = ReadText(ref span);
            }

            headers[name] = new StringValues(all);
        }
    }

    private static InvalidDataException Malformed() => new("A frame does not hold what it says.");
}
