using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Reads what <c>Scripts/send.lua</c> says of one envelope:
/// <code>
/// a.1700000000000=12+;b.1700000000001=3-;
/// </code>
/// It says much the same of most: what was read is remembered, so that it is not made anew for each.
/// </summary>
internal sealed class ReachReader
{
    /// <summary>How many texts are remembered, and up to what length: some hundred KiB at most.</summary>
    private const int MostRemembered = 1024;
    private const int LongestRemembered = 128;

    private readonly ConcurrentDictionary<string, Reach[]> _remembered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Reach[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public ReachReader() => _bySpan = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();

    public IReadOnlyList<Reach> Read(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return [];
        }

        if (text.Length > LongestRemembered)
        {
            return Parse(Encoding.UTF8.GetString(text));
        }

        Span<char> characters = stackalloc char[LongestRemembered];
        characters = characters[..Encoding.UTF8.GetChars(text, characters)];
        if (!_bySpan.TryGetValue(characters, out var reached))
        {
            reached = Parse(characters);
            if (_remembered.Count >= MostRemembered)
            {
                // Of servers and numbers that are long gone, for the most part.
                _remembered.Clear();
            }

            _bySpan[characters] = reached;
        }

        return reached;
    }

    private static Reach[] Parse(ReadOnlySpan<char> text)
    {
        var reached = new Reach[text.Count(';')];
        var count = 0;
        foreach (var range in text.Split(';'))
        {
            var part = text[range];
            if (part.IndexOf('=') is var at and > 0)
            {
                reached[count++] = new Reach(
                    part[..at].ToString(), int.Parse(part[(at + 1)..^1], NumberStyles.None, CultureInfo.InvariantCulture), part[^1] == '+');
            }
        }

        return reached;
    }
}
