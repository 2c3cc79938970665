using System.Globalization;
using System.Text;
using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Redis.Bus;

/// <summary>
/// Parses delivery results from the reply of <c>send.lua</c>. Account locations from the registry have the same format
/// without the plus or minus sign:
/// <code>
/// a.1700000000000=12+;b.1700000000001=3-;
/// </code>
/// The same text is parsed again and again. Parsed texts are therefore cached, and the same text returns the same array. Not
/// thread-safe.
/// </summary>
internal sealed class DeliveryResultReader
{
    // The maximum number of cached texts and the maximum length of each, in bytes. The cache takes at most 1 MiB.
    private const int MaxCachedTexts = 1024;
    private const int MaxCachedLength = 512;

    private static readonly DeliveryResult[] None = [];

    private readonly Dictionary<string, DeliveryResult[]> _cache = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeliveryResult[]>.AlternateLookup<ReadOnlySpan<char>> _cacheBySpan;
    private string _sender = "";

    public DeliveryResultReader() => _cacheBySpan = _cache.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// Gets or sets the name of the sending server epoch. It is skipped in account locations, because a sender serves its own
    /// connections directly.
    /// </summary>
    public string Sender
    {
        get => _sender;
        set
        {
            if (value != _sender)
            {
                _sender = value;
                _cache.Clear();
            }
        }
    }

    /// <summary>Parses a text, or returns the cached result.</summary>
    public DeliveryResult[] Read(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return None;
        }

        if (text.Length > MaxCachedLength)
        {
            return Parse(Encoding.UTF8.GetString(text));
        }

        Span<char> chars = stackalloc char[MaxCachedLength];
        chars = chars[..Encoding.UTF8.GetChars(text, chars)];
        if (!_cacheBySpan.TryGetValue(chars, out var reached))
        {
            reached = Parse(chars);
            if (_cache.Count >= MaxCachedTexts)
            {
                // Most cached texts refer to outdated servers and counts.
                _cache.Clear();
            }

            _cacheBySpan[chars] = reached;
        }

        return reached;
    }

    private DeliveryResult[] Parse(ReadOnlySpan<char> text)
    {
        var reached = new List<DeliveryResult>(text.Count(';'));
        foreach (var range in text.Split(';'))
        {
            var part = text[range];
            if (part.IndexOf('=') is var at and > 0 && at < part.Length - 1)
            {
                var holder = part[..at];
                var count = part[(at + 1)..];
                var hasSign = count[^1] is '+' or '-';
                if ((hasSign || !holder.SequenceEqual(_sender))
                    && int.TryParse(hasSign ? count[..^1] : count, NumberStyles.None, CultureInfo.InvariantCulture, out var connections))
                {
                    reached.Add(new DeliveryResult(holder.ToString(), connections, count[^1] != '-'));
                }
            }
        }

        return reached.Count == 0 ? None : [.. reached];
    }
}
