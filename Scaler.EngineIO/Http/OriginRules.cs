using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Whose pages may connect: those of this server's own origin, and those of the list. Browsers keep pages of other origins from
/// reading answers (CORS), but neither from a WebSocket nor from a script's GET, so a request is judged before anything is done for it.
/// </summary>
internal sealed class OriginRules
{
    private const string Everybody = "*";

    private readonly Origin[] _patterns;

    public OriginRules(EngineIOCorsOptions options)
    {
        IEnumerable<string> listed = options.Enabled ? options.Origins : [];
        AllowsEverybody = listed.Contains(Everybody);
        _patterns = [.. listed.Where(static entry => entry != Everybody).Select(static entry => Origin.TryParse(entry, out var origin) ? origin : default)];
    }

    /// <summary>Whether the list holds <c>*</c>.</summary>
    public bool AllowsEverybody { get; }

    /// <summary>Whether an entry of the list is one that can be used.</summary>
    public static bool IsEntry(string? entry) => entry == Everybody
        || (Origin.TryParse(entry, out var origin) && origin.Host.LastIndexOf('*') <= (origin.Host.StartsWith("*.", StringComparison.Ordinal) ? 0 : -1));

    /// <summary>Whether the list names an origin.</summary>
    public bool Lists(string text)
    {
        if (AllowsEverybody)
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

    /// <summary>Whether a request may be served.</summary>
    public bool Allows(HttpRequest request)
    {
        if (AllowsEverybody)
        {
            return true;
        }

        var origins = request.Headers.Origin;
        return origins.Count switch
        {
            // Programs that are no browsers name none, and browsers none for a page of this origin, or for a script that a page of any
            // origin loads (JSONP): those say so in another header.
            0 => request.Headers["Sec-Fetch-Site"] is not [not ("same-origin" or "none")],
            1 => IsOwn(origins.ToString(), request) || Lists(origins.ToString()),
            _ => false,
        };
    }

    private static bool IsOwn(string text, HttpRequest request)
    {
        if (!Origin.TryParse(text, out var origin))
        {
            return false;
        }

        // TLS may end at a proxy, so a page of https may speak with what looks like http here; the reverse is another origin.
        var port = request.Host.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Origin.DefaultPort(origin.Scheme);
        return origin.Host.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase) && origin.Port == port
            && (origin.Scheme == request.Scheme || (origin.Scheme == "https" && request.Scheme == "http"));
    }
}
