using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Scaler.EngineIO.Http;

/// <summary>
/// An origin, RFC 6454, taken apart: <c>https://app.example.org:8443</c>. A port that is the scheme's own is made explicit. As a
/// pattern its host may begin with <c>*.</c>, and its port may be <c>*</c>.
/// </summary>
internal readonly record struct Origin(string Scheme, string Host, string Port)
{
    private const string Any = "*";
    private const string Subdomains = "*.";

    // What a host has none of; a path, a user or a list may be meant.
    private static readonly SearchValues<char> Foreign = SearchValues.Create("/?#@\\ ,");

    public static bool TryParse([NotNullWhen(true)] string? text, out Origin origin)
    {
        origin = default;
        var end = text?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (end <= 0)
        {
            return false;
        }

        var scheme = text![..end].ToLowerInvariant();
        var authority = text[(end + 3)..];
        // The colons of an IPv6 address stand in brackets.
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        var host = hasPort ? authority[..colon] : authority;
        var port = hasPort ? authority[(colon + 1)..] : DefaultPort(scheme);
        if (host.Length == 0 || host.AsSpan().ContainsAny(Foreign) || (hasPort && port != Any && !ushort.TryParse(port, out _)))
        {
            return false;
        }

        origin = new Origin(scheme, host.ToLowerInvariant(), port);
        return true;
    }

    public static string DefaultPort(string scheme) => scheme switch { "http" => "80", "https" => "443", _ => "" };

    /// <summary>Whether an origin is one of those that this pattern means.</summary>
    public bool Matches(in Origin other)
    {
        var host = Host.StartsWith(Subdomains, StringComparison.Ordinal)
            ? other.Host.EndsWith(Host[1..], StringComparison.Ordinal) && other.Host.Length >= Host.Length
            : other.Host == Host;
        return host && other.Scheme == Scheme && (Port == Any || other.Port == Port);
    }
}
