namespace Scaler.Cluster.Abstractions;

/// <summary>
/// Compares names by their UTF-8 bytes, as Redis does. This order differs from the ordinal order of UTF-16 strings: code points
/// above U+FFFF are surrogate pairs (U+D800 to U+DFFF) in UTF-16, which sort before U+E000 to U+FFFF.
/// </summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    private Utf8Order()
    {
    }

    public int Compare(string? x, string? y)
    {
        var a = x.AsSpan();
        var b = y.AsSpan();
        var common = a.CommonPrefixLength(b);
        return common == a.Length || common == b.Length ? a.Length - b.Length : Rank(a[common]) - Rank(b[common]);
    }

    // UTF-8 preserves the order of code points, so surrogates rank above all other characters.
    private static int Rank(char character) => char.IsSurrogate(character) ? character + char.MaxValue : character;
}
