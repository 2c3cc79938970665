using System.Buffers;
using System.Text;

namespace Scaler.EngineIO.Protocol;

/// <summary>The wrapping of polling bodies for clients that load them as scripts.</summary>
internal static class Jsonp
{
    /// <summary>
    /// Writes <c>___eio[0]("…");</c>. Only the digits of <paramref name="index"/> are used: anything else of it would run
    /// as a script in the page. <paramref name="payload"/> is valid UTF-8.
    /// </summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<char> index, ReadOnlySpan<byte> payload)
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
    /// The payload in a posted form, <c>d=…</c>. A newline travels as <c>\n</c>, and the two characters <c>\n</c> as
    /// <c>\\n</c>, because browsers rewrite newlines in form posts. Returns false when there is no <c>d</c>.
    /// </summary>
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
            var next = text.IndexOfAny(NeedsCare);
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
                // Line ends in a script before ES2019, though not in JSON; and '<' so that no "</script" can appear.
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

    // E2 is the first byte of U+2028 and U+2029, and of other characters.
    private static readonly SearchValues<byte> NeedsCare = SearchValues.Create(
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
