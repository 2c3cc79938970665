using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Represents a parsed origin (RFC 6454), such as <c>https://app.example.org:8443</c>, or a pattern that matches origins. In a
/// pattern the host may begin with <c>*.</c>, and the port may be <c>*</c>. Equal origins have equal values, however they are
/// written.
/// </summary>
/// <param name="Scheme">The scheme, see <see cref="NormalizeScheme"/>.</param>
/// <param name="Host">The host in its canonical form, see <see cref="HostName.TryNormalize"/>.</param>
/// <param name="Port">The port. A missing port becomes the scheme's default port.</param>
internal readonly record struct Origin(string Scheme, string Host, string Port)
{
    private const string Any = "*";
    private const string Subdomains = "*.";

    public static bool TryParse([NotNullWhen(true)] string? text, out Origin origin)
    {
        origin = default;
        var end = text?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        return end > 0 && TryParse(NormalizeScheme(text![..end]), text[(end + 3)..], out origin);
    }

    /// <summary>Returns the part of a URL that names its origin, as in an <c>Origin</c> header.</summary>
    /// <returns>The origin, or <see langword="null"/> if the header does not hold exactly one absolute URL.</returns>
    public static string? FromUrl(StringValues header)
    {
        var text = header is [{ } url] ? url : "";
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3)
        {
            return null;
        }

        var length = text.AsSpan(start).IndexOfAny("/?#");
        return length < 0 ? text : text[..(start + length)];
    }

    /// <summary>Parses a scheme and the host and port of a <c>Host</c> header.</summary>
    public static bool TryParse(string scheme, string authority, out Origin origin)
    {
        origin = default;
        // An IPv6 address has its colons in brackets, so only a colon after the brackets precedes a port.
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        if (!TryNormalizePort(hasPort ? authority[(colon + 1)..] : "", scheme, out var port)
            || !HostName.TryNormalize(hasPort ? authority[..colon] : authority, out var host))
        {
            return false;
        }

        origin = new Origin(scheme, host, port);
        return true;
    }

    /// <summary>
    /// Returns a scheme in lower case, and the HTTP scheme for a WebSocket scheme. Some native clients send the URL of their
    /// WebSocket as the origin, and some proxies send its scheme in <c>X-Forwarded-Proto</c>.
    /// </summary>
    public static string NormalizeScheme(string scheme) => scheme.ToLowerInvariant() switch
    {
        "ws" => "http",
        "wss" => "https",
        var lower => lower,
    };

    /// <summary>Returns a value indicating whether an origin matches this pattern.</summary>
    public bool Matches(in Origin other)
    {
        var host = Host.StartsWith(Subdomains, StringComparison.Ordinal)
            ? other.Host.EndsWith(Host[1..], StringComparison.Ordinal) && other.Host.Length >= Host.Length
            : other.Host == Host;
        return host && other.Scheme == Scheme && (Port == Any || other.Port == Port);
    }

    private static bool TryNormalizePort(string text, string scheme, out string port)
    {
        port = text.Length > 0 ? text : scheme switch { "http" => "80", "https" => "443", _ => "" };
        if (text.Length == 0 || text == Any)
        {
            return true;
        }

        var isNumber = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        port = number.ToString(CultureInfo.InvariantCulture);
        return isNumber;
    }
}
