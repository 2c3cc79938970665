using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Decides which origins may connect: the server's own origin and the configured ones. CORS keeps pages of other origins from
/// reading responses, but it stops neither WebSockets nor script loads. The origin is therefore checked before a request has any
/// effect.
/// </summary>
internal sealed class OriginPolicy
{
    private const string AnyOrigin = "*";

    private readonly Origin[] _patterns;

    public OriginPolicy(EngineIOCorsOptions options)
    {
        IEnumerable<string> listed = options.Enabled ? options.Origins : [];
        AllowsAnyOrigin = listed.Contains(AnyOrigin);
        _patterns = [.. listed.Where(static entry => entry != AnyOrigin)
            .Select(static entry => Origin.TryParse(entry, out var origin) ? origin : default)];
    }

    /// <summary>Gets a value indicating whether the configured origins contain <c>*</c>.</summary>
    public bool AllowsAnyOrigin { get; }

    /// <summary>
    /// Returns a value indicating whether a configured origin is valid: <c>*</c>, or an origin whose host has a wildcard only in
    /// a leading <c>*.</c>.
    /// </summary>
    public static bool IsValidEntry(string? entry) => entry == AnyOrigin
        || (Origin.TryParse(entry, out var origin)
            && origin.Host.LastIndexOf('*') <= (origin.Host.StartsWith("*.", StringComparison.Ordinal) ? 0 : -1));

    /// <summary>Returns a value indicating whether an origin matches one of the configured origins.</summary>
    public bool IsListed(string text)
    {
        if (AllowsAnyOrigin)
        {
            return true;
        }

        if (_patterns.Length > 0 && Origin.TryParse(text, out var origin))
        {
            foreach (var pattern in _patterns)
            {
                if (pattern.Matches(origin))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Returns a value indicating whether the origin of a request may connect.</summary>
    public bool IsAllowed(HttpRequest request)
    {
        if (AllowsAnyOrigin)
        {
            return true;
        }

        var origins = request.Headers.Origin;
        return origins.Count switch
        {
            // No Origin header: most non-browser clients and same-origin requests omit it. Script loads from any origin also
            // omit it, but browsers send Sec-Fetch-Site with them to secure URLs.
            0 => request.Headers["Sec-Fetch-Site"] is not [not ("same-origin" or "none")],
            1 => IsOwn(origins.ToString(), request) || IsListed(origins.ToString()),
            _ => false,
        };
    }

    /// <summary>
    /// Returns a value indicating whether the page that sends a JSONP request may connect. The page of a script load must be
    /// known, because it reads the response: without <c>Origin</c>, <c>Sec-Fetch-Site</c> or <c>Referer</c> name it. Browsers
    /// send no <c>Sec-Fetch-Site</c> to a URL with plain HTTP.
    /// </summary>
    public bool AllowsJsonp(HttpRequest request)
    {
        var headers = request.Headers;
        if (AllowsAnyOrigin || headers.Origin.Count > 0)
        {
            return IsAllowed(request);
        }

        var site = headers["Sec-Fetch-Site"];
        if (site is ["same-origin"])
        {
            return true;
        }

        return Origin.FromUrl(headers.Referer) is { } page && (IsListed(page) || (site.Count == 0 && IsOwn(page, request)));
    }

    private static bool IsOwn(string text, HttpRequest request)
    {
        // Read the header: HttpRequest.Host decodes an internationalized name, and Origin does not.
        var host = request.Headers.Host.ToString();
        if (IsSame(text, request.Scheme, host))
        {
            return true;
        }

        // A missing port is the default port of the page's scheme. TLS may terminate at a proxy, so requests of an https page may
        // arrive as http. The reverse is a different origin.
        return Origin.TryParse(text, out var origin)
            && Origin.TryParse(origin.Scheme, host, out var own)
            && origin == own
            && Origin.NormalizeScheme(request.Scheme) is var scheme
            && (origin.Scheme == scheme || (origin.Scheme == "https" && scheme == "http"));
    }

    // Compares the usual spelling without allocating.
    private static bool IsSame(string origin, string scheme, string host) =>
        host.Length > 0
        && origin.Length == scheme.Length + 3 + host.Length
        && origin.StartsWith(scheme, StringComparison.Ordinal)
        && origin.AsSpan(scheme.Length).StartsWith("://")
        && origin.EndsWith(host, StringComparison.OrdinalIgnoreCase);
}
