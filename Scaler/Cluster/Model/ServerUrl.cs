using System.Buffers;

namespace Scaler;

/// <summary>Recognizes the URLs at which servers reach each other.</summary>
internal static class ServerUrl
{
    private static readonly SearchValues<char> Delimiters = SearchValues.Create("/\\?#@ ");

    /// <summary>
    /// Returns <see langword="true"/> for an absolute http or https URL without a path, query, fragment and user information. A
    /// server appends the path of a request: after <c>http://host/path?x=</c>, the path would become part of the query.
    /// </summary>
    public static bool IsValid(string? url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            return false;
        }

        var authority = url.AsSpan(uri.Scheme.Length);
        if (!authority.StartsWith("://"))
        {
            return false;
        }

        authority = authority[3..];
        var end = authority.IndexOfAny(Delimiters);
        return end < 0 || (end == authority.Length - 1 && authority[end] == '/');
    }
}
