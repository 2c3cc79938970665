using System.Runtime.InteropServices;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Scaler.EngineIO.Http;

/// <inheritdoc cref="ISessionIdFeature"/>
internal sealed class SessionIdFeature(string sessionId, string queryString) : ISessionIdFeature
{
    private const string Name = "sid";

    public string SessionId { get; } = sessionId;

    public string QueryString { get; } = queryString;

    /// <summary>Removes the session id from the URL of a request.</summary>
    /// <returns>The feature, or <see langword="null"/> if the URL contains no session id.</returns>
    public static SessionIdFeature? Remove(IHttpRequestFeature request)
    {
        var query = request.QueryString;
        string? sid = null;
        string? rest = null;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            if (!pair.DecodeName().Span.SequenceEqual(Name))
            {
                continue;
            }

            rest = sid is null ? RemovePair(query, pair.EncodedName) : Rebuild(query);
            sid = sid is null ? pair.DecodeValue().ToString() : "";
        }

        if (sid is null)
        {
            return null;
        }

        var target = request.RawTarget;
        var path = target.IndexOf('?', StringComparison.Ordinal);
        request.QueryString = rest!;
        request.RawTarget = path < 0 ? target : string.Concat(target.AsSpan(0, path), rest);
        return new SessionIdFeature(sid, query);
    }

    /// <summary>Removes one parameter. The other parameters keep their encoding and order.</summary>
    private static string RemovePair(string query, ReadOnlyMemory<char> name)
    {
        if (!MemoryMarshal.TryGetString(name, out var text, out var start, out _) || !ReferenceEquals(text, query))
        {
            return Rebuild(query);
        }

        // [start, end) is the parameter with the separator behind it, or the one before it if it is the last.
        var end = query.IndexOf('&', start) + 1;
        return end > 0 ? query.Remove(start, end - start) : query[..(start - 1)];
    }

    private static string Rebuild(string query)
    {
        var rest = new StringBuilder();
        foreach (var pair in new QueryStringEnumerable(query))
        {
            if (!pair.DecodeName().Span.SequenceEqual(Name))
            {
                rest.Append(rest.Length == 0 ? '?' : '&').Append(pair.EncodedName).Append('=').Append(pair.EncodedValue);
            }
        }

        return rest.ToString();
    }
}
