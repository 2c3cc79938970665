using System.Buffers;
using System.Text;

namespace Scaler.EngineIO.Protocol;

/// <summary>Encodes and decodes polling bodies for JSONP clients, which load poll responses as scripts and post forms.</summary>
internal static class Jsonp
{
    /// <summary>
    /// Writes a poll response as a script, <c>___eio[0]("…");</c>. Only the digits of <paramref name="index"/> are written,
    /// because any other character would run as script in the page.
    /// </summary>
    /// <param name="output">The buffer to write to.</param>
    /// <param name="index">The index of the client's callback, from the query.</param>
    /// <param name="payload">The payload, which must be valid UTF-8.</param>
    public static void WriteScript(IBufferWriter<byte> output, ReadOnlySpan<char> index, ReadOnlySpan<byte> payload)
    {
        output.Write("___eio["u8);
        foreach (var character in index)
        {
            if (char.IsAsciiDigit(character))
            {
                output.Write([(byte)character]);
            }
        }

        output.Write("](\""u8);
        WriteEscaped(output, payload);
        output.Write("\");"u8);
    }

    /// <summary>
    /// Reads the payload from the field <c>d</c> of a posted form. Browsers rewrite newlines in form posts, so clients send a
    /// newline as <c>\n</c>, and the two characters <c>\n</c> as <c>\\n</c>.
    /// </summary>
    /// <returns><see langword="true"/> if the form has a field <c>d</c>; otherwise, <see langword="false"/>.</returns>
    public static bool TryReadForm(ReadOnlySpan<byte> form, IBufferWriter<byte> output)
    {
        while (!form.IsEmpty)
        {
            var end = form.IndexOf((byte)'&');
            var pair = end < 0 ? form : form[..end];
            form = end < 0 ? default : form[(end + 1)..];
            if (pair.StartsWith("d="u8))
            {
                var value = pair[2..];
                var decoded = ArrayPool<byte>.Shared.Rent(Math.Max(1, value.Length));
                try
                {
                    var length = DecodeForm(value, decoded);
                    Unescape(decoded.AsSpan(0, length), output);
                    return true;
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(decoded);
                }
            }
        }

        return false;
    }

    private static void WriteEscaped(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var next = text.IndexOfAny(BytesToInspect);
            if (next < 0)
            {
                output.Write(text);
                return;
            }

            output.Write(text[..next]);
            Rune.DecodeFromUtf8(text[next..], out var rune, out var consumed);
            switch (rune.Value)
            {
                case '"':
                    output.Write("\\\""u8);
                    break;
                case '\\':
                    output.Write("\\\\"u8);
                    break;
                // U+2028 and U+2029 end a line in JavaScript before ES2019, though not in JSON.
                // '<' is escaped so that "</script" cannot appear.
                case < 0x20 or '<' or 0x2028 or 0x2029:
                    WriteUnicodeEscape(output, rune.Value);
                    break;
                default:
                    output.Write(text.Slice(next, consumed));
                    break;
            }

            text = text[(next + consumed)..];
        }
    }

    // 0xE2 is the first UTF-8 byte of U+2028 and U+2029, and of other characters.
    private static readonly SearchValues<byte> BytesToInspect = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static value => (byte)value), (byte)'"', (byte)'\\', (byte)'<', 0xE2]);

    private static void WriteUnicodeEscape(IBufferWriter<byte> output, int value)
    {
        var span = output.GetSpan(6);
        span[0] = (byte)'\\';
        span[1] = (byte)'u';
        for (var digit = 0; digit < 4; digit++)
        {
            span[2 + digit] = "0123456789abcdef"u8[(value >> (12 - (4 * digit))) & 0xF];
        }

        output.Advance(6);
    }

    private static int DecodeForm(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var written = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var value = text[index];
            if (value == '+')
            {
                value = (byte)' ';
            }
            else if (value == '%' && index + 2 < text.Length
                && char.IsAsciiHexDigit((char)text[index + 1]) && char.IsAsciiHexDigit((char)text[index + 2]))
            {
                value = (byte)((HexValue(text[index + 1]) << 4) | HexValue(text[index + 2]));
                index += 2;
            }

            output[written++] = value;
        }

        return written;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static void Unescape(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (true)
        {
            var next = text.IndexOf("\\n"u8);
            if (next < 0)
            {
                output.Write(text);
                return;
            }

            if (next > 0 && text[next - 1] == '\\')
            {
                output.Write(text[..(next - 1)]);
                output.Write("\\n"u8);
            }
            else
            {
                output.Write(text[..next]);
                output.Write("\n"u8);
            }

            text = text[(next + 2)..];
        }
    }
}
