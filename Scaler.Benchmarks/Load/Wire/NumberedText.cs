using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Scaler.Benchmarks.Load.Wire;

/// <summary>
/// Represents the text of messages: a number of ten decimal digits, then a fixed filler. The alphabet as filler reveals bytes
/// that are missing, doubled or in the wrong order.
/// </summary>
internal sealed class NumberedText
{
    public const int Digits = 10;
    private static readonly StandardFormat Format = new('D', Digits);
    private readonly byte[] _zero;

    /// <summary>Initializes the format of messages of one size.</summary>
    /// <param name="size">The size of a text, in bytes; at least <see cref="Digits"/>.</param>
    public NumberedText(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Digits);
        _zero = new byte[size];
        for (var i = 0; i < size; i++)
        {
            _zero[i] = (byte)(i < Digits ? '0' : 'a' + ((i - Digits) % 26));
        }

        Template = Encoding.ASCII.GetString(_zero);
    }

    /// <summary>
    /// Gets the text with the number 0. The texts of other numbers differ only in their first <see cref="Digits"/> bytes.
    /// </summary>
    public string Template { get; }

    /// <summary>Returns the position of the template in a message.</summary>
    public int Find(ReadOnlySpan<byte> message) => message.IndexOf(_zero);

    /// <summary>Writes a number into the first <see cref="Digits"/> bytes of a buffer.</summary>
    public static void Write(Span<byte> buffer, long number) => Utf8Formatter.TryFormat(number, buffer, out _, Format);

    /// <summary>Returns a value indicating whether a text has the expected number, length and filler.</summary>
    public bool Matches(ReadOnlySpan<byte> text, long number)
    {
        Span<byte> digits = stackalloc byte[Digits];
        Write(digits, number);
        return text.Length == _zero.Length && text.StartsWith(digits) && text[Digits..].SequenceEqual(_zero.AsSpan(Digits));
    }

    /// <summary>Describes the difference between a text and the expected one, for an error message.</summary>
    public string Difference(ReadOnlySpan<byte> text, long number)
    {
        const int Shown = 96;
        Span<byte> expected = [.. _zero];
        Write(expected, number);
        var excerpt = Encoding.ASCII.GetString(text[..Math.Min(Shown, text.Length)]);
        return $"expected message {number} of {expected.Length} B, but received {text.Length} B, "
            + $"which differ at byte {expected.CommonPrefixLength(text)}: \"{excerpt}{(text.Length > Shown ? "…" : "")}\".";
    }
}
