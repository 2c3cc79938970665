using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Scaler.EngineIO.Http;

/// <summary>Converts host names to the form in which browsers send them, so that equal hosts can be compared.</summary>
internal static class HostName
{
    private const string Wildcard = "*.";

    // Characters that no host contains: the text has a path, query, fragment or user, or is a list.
    private static readonly SearchValues<char> Invalid = SearchValues.Create("/?#@\\ ,:[]");

    private static readonly IdnMapping Idn = new();

    /// <summary>
    /// Converts a host to lower-case ASCII (IDNA) without a trailing dot, and an IPv6 literal to its shortest form. A leading
    /// <c>*.</c> is kept.
    /// </summary>
    /// <returns><see langword="true"/> if the text is a host; otherwise, <see langword="false"/>.</returns>
    public static bool TryNormalize(string text, out string host)
    {
        host = text;
        if (text.StartsWith('['))
        {
            return TryNormalizeAddress(text, out host);
        }

        if (!Ascii.IsValid(text))
        {
            var wildcard = text.StartsWith(Wildcard, StringComparison.Ordinal) ? Wildcard : "";
            try
            {
                host = wildcard + Idn.GetAscii(text[wildcard.Length..]);
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        // The root's dot makes a name absolute: both forms name one host.
        host = (host.EndsWith('.') ? host[..^1] : host).ToLowerInvariant();
        return host.Length > 0 && !host.AsSpan().ContainsAny(Invalid);
    }

    private static bool TryNormalizeAddress(string text, out string host)
    {
        host = text;
        if (!text.EndsWith(']') || text.Contains('%', StringComparison.Ordinal)
            || !IPAddress.TryParse(text[1..^1], out var address))
        {
            return false;
        }

        host = $"[{address}]";
        return true;
    }
}
