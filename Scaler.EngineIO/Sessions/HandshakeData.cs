using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Copies the part of a handshake request that its session keeps. A client chooses the size of its headers and query, so the copy
/// has a limit.
/// </summary>
internal ref struct HandshakeData(HttpRequest request, EngineIOOptions options)
{
    /// <summary>The headers that a session keeps unless <see cref="EngineIOOptions.KeptHeaders"/> is set.</summary>
    private static readonly IList<string> DefaultHeaders = ["User-Agent", "Host", "Origin", "Referer", "Accept-Language"];

    private int _remaining = options.MaxKeptHandshakeLength;

    /// <summary>Gets a value indicating whether the limit cut a header or dropped a query parameter.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>
    /// Copies the query without the parameters of the protocol and without the access token. A parameter is kept completely or
    /// not at all: a part of a value could be a valid value of another meaning.
    /// </summary>
    public string CopyQuery()
    {
        StringBuilder? query = null;
        foreach (var parameter in new QueryStringEnumerable(request.QueryString.Value))
        {
            if (IsProtocolParameter(parameter.DecodeName().Span))
            {
                continue;
            }

            var length = 2 + parameter.EncodedName.Length + parameter.EncodedValue.Length;
            if (length > _remaining)
            {
                IsTruncated = true;
                continue;
            }

            _remaining -= length;
            query ??= new StringBuilder();
            query.Append(query.Length == 0 ? '?' : '&').Append(parameter.EncodedName.Span).Append('=')
                .Append(parameter.EncodedValue.Span);
        }

        return query?.ToString() ?? "";
    }

    /// <summary>
    /// Copies the kept headers that the request has. The names are those of the options, which all sessions share.
    /// </summary>
    public KeyValuePair<string, string>[] CopyHeaders()
    {
        var names = options.KeptHeaders ?? DefaultHeaders;
        var kept = new List<KeyValuePair<string, string>>(names.Count);
        foreach (var name in names)
        {
            if (request.Headers.TryGetValue(name, out var values) && values.Count > 0)
            {
                kept.Add(KeyValuePair.Create(name, Cut(values.ToString())));
            }
        }

        return [.. kept];
    }

    private string Cut(string value)
    {
        if (value.Length > _remaining)
        {
            IsTruncated = true;
            var splitsSurrogates = _remaining > 0 && char.IsHighSurrogate(value[_remaining - 1]);
            value = value[..(splitsSurrogates ? _remaining - 1 : _remaining)];
        }

        _remaining -= value.Length;
        return value;
    }

    private static bool IsProtocolParameter(ReadOnlySpan<char> name) =>
        Is(name, "EIO") || Is(name, "transport") || Is(name, "sid") || Is(name, "t") || Is(name, "j") || Is(name, "b64")
        || Is(name, "access_token");

    private static bool Is(ReadOnlySpan<char> name, string expected) => name.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
