using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Reads and writes numbers, texts and headers within a frame. A number is encoded in groups of seven bits, the lowest group
/// first. A text is UTF-8, prefixed with its length in bytes. A header is its name, the number of its values, and the values. An
/// empty name ends the headers.
/// </summary>
internal static class PeerFrameEncoding
{
    /// <summary>
    /// The maximum number of characters of a text that is always shorter than 128 bytes in UTF-8, so that its length takes one
    /// byte.
    /// </summary>
    private const int MaxShortTextLength = 42;

    /// <summary>Writes a number.</summary>
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

    /// <summary>Writes a text; <see langword="null"/> is written as an empty text.</summary>
    public static void Write(IBufferWriter<byte> writer, string? text)
    {
        text ??= "";
        if (text.Length <= MaxShortTextLength)
        {
            var span = writer.GetSpan(1 + (3 * MaxShortTextLength));
            span[0] = (byte)Encoding.UTF8.GetBytes(text, span[1..]);
            writer.Advance(1 + span[0]);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Write(writer, length);
        writer.Advance(Encoding.UTF8.GetBytes(text, writer.GetSpan(length)));
    }

    /// <summary>Writes the headers that are forwarded (see <see cref="PeerHeaders"/>).</summary>
    public static void Write(IBufferWriter<byte> writer, IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (PeerHeaders.IsForwarded(name))
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

    /// <summary>Reads a number and advances the span past it.</summary>
    /// <exception cref="InvalidDataException">The span does not begin with a complete number.</exception>
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

    /// <summary>Reads a text and advances the span past it.</summary>
    /// <exception cref="InvalidDataException">The span does not begin with a complete text.</exception>
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

    /// <summary>Reads headers and advances the span past them. They replace existing headers with the same names.</summary>
    /// <exception cref="InvalidDataException">The span does not begin with complete headers.</exception>
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

            // Each value takes at least one byte. Check the count before allocating the array.
            var all = new string[values <= span.Length ? values : throw Malformed()];
            for (var i = 0; i < values; i++)
            {
                all[i] = ReadText(ref span);
            }

            headers[name] = new StringValues(all);
        }
    }

    private static InvalidDataException Malformed() => new("The content of the frame is malformed.");
}
