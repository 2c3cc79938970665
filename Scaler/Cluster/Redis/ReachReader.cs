using System.Globalization;
using System.Text;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Reads who holds an account: what <c>Scripts/send.lua</c> says that an envelope reached, or what the registry says, where there are
/// no signs:
/// <code>
/// a.1700000000000=12+;b.1700000000001=3-;
/// </code>
/// It is much the same for most: what was read is remembered, so that it is not made anew for each, and the same text gives the same
/// list. Used by one thread at a time.
/// </summary>
internal sealed class ReachReader
{
    /// <summary>How many texts are remembered, and up to what length: a MiB at most.</summary>
    private const int MostRemembered = 1024;
    private const int LongestRemembered = 512;

    private static readonly Reach[] Nobody = [];

    private readonly Dictionary<string, Reach[]> _remembered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Reach[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private string _sender = "";

    public ReachReader() => _bySpan = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Who is passed over where the registry names it: a sender serves its own connections itself.</summary>
    public string Sender
    {
        get => _sender;
        set
        {
            if (value != _sender)
            {
                _sender = value;
                _remembered.Clear();
            }
        }
    }

    public Reach[] Read(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return Nobody;
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

    private Reach[] Parse(ReadOnlySpan<char> text)
    {
        var reached = new List<Reach>(text.Count(';'));
        foreach (var range in text.Split(';'))
        {
            var part = text[range];
            if (part.IndexOf('=') is var at and > 0 && at < part.Length - 1)
            {
                var holder = part[..at];
                var said = part[(at + 1)..];
                var signed = said[^1] is '+' or '-';
                if ((signed || !holder.SequenceEqual(_sender))
                    && int.TryParse(signed ? said[..^1] : said, NumberStyles.None, CultureInfo.InvariantCulture, out var connections))
                {
                    reached.Add(new Reach(holder.ToString(), connections, said[^1] != '-'));
                }
            }
        }

        return reached.Count == 0 ? Nobody : [.. reached];
    }
}
