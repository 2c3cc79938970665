using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Represents a parsed origin (RFC 6454), such as <c>https://app.example.org:8443</c>, or a pattern that matches origins. In a
/// pattern the host may begin with <c>*.</c>, and the port may be <c>*</c>.
/// </summary>
/// <param name="Scheme">The scheme, in lower case.</param>
/// <param name="Host">The host, in lower case.</param>
/// <param name="Port">The port. A missing port becomes the scheme's default port.</param>
internal readonly record struct Origin(string Scheme, string Host, string Port)
{
    private const string Any = "*";
    private const string Subdomains = "*.";

    // Characters that no host contains: the text has a path, query, fragment or user, or is a list.
    private static readonly SearchValues<char> NonHostCharacters = SearchValues.Create("/?#@\\ ,");

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
        // An IPv6 address has its colons in brackets, so only a colon after the brackets precedes a port.
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        var host = hasPort ? authority[..colon] : authority;
        var port = hasPort ? authority[(colon + 1)..] : DefaultPort(scheme);
        if (host.Length == 0 || host.AsSpan().ContainsAny(NonHostCharacters)
            || (hasPort && port != Any && !ushort.TryParse(port, out _)))
        {
            return false;
        }

        origin = new Origin(scheme, host.ToLowerInvariant(), port);
        return true;
    }

    public static string DefaultPort(string scheme) => scheme switch { "http" => "80", "https" => "443", _ => "" };

    /// <summary>Returns a value indicating whether an origin matches this pattern.</summary>
    public bool Matches(in Origin other)
    {
        var host = Host.StartsWith(Subdomains, StringComparison.Ordinal)
            ? other.Host.EndsWith(Host[1..], StringComparison.Ordinal) && other.Host.Length >= Host.Length
            : other.Host == Host;
        return host && other.Scheme == Scheme && (Port == Any || other.Port == Port);
    }
}
