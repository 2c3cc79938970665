namespace Scaler.Cluster;

/// <summary>
/// The order of names by their UTF-8 bytes, which is Redis's. It is not that of the characters of a string: those beyond the first
/// 65,536 code points are pairs of surrogates (U+D800 to U+DFFF) there, in front of U+E000 to U+FFFF.
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
        var same = a.CommonPrefixLength(b);
        return same == a.Length || same == b.Length ? a.Length - b.Length : Rank(a[same]) - Rank(b[same]);
    }

    // UTF-8 keeps the order of code points.
    private static int Rank(char character) => char.IsSurrogate(character) ? character + char.MaxValue : character;
}
