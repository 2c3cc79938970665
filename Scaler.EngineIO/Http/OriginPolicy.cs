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
            // No Origin header: non-browser clients and same-origin requests omit it. Script loads (JSONP) from any origin also
            // omit it, but browsers send Sec-Fetch-Site with them.
            0 => request.Headers["Sec-Fetch-Site"] is not [not ("same-origin" or "none")],
            1 => IsOwn(origins.ToString(), request) || IsListed(origins.ToString()),
            _ => false,
        };
    }

    private static bool IsOwn(string text, HttpRequest request)
    {
        if (!Origin.TryParse(text, out var origin))
        {
            return false;
        }

        // TLS may terminate at a proxy, so requests of an https page may arrive as http. The reverse is a different origin.
        var port = request.Host.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture)
            ?? Origin.DefaultPort(origin.Scheme);
        return origin.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase) && origin.Port == port
            && (origin.Scheme == request.Scheme || (origin.Scheme == "https" && request.Scheme == "http"));
    }
}
