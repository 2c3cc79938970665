using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Scaler.EngineIO.Http;

/// <summary>
/// Logs each refused origin once per hour, with the host that it was compared with and the settings that allow it. At most
/// <see cref="Capacity"/> origins are remembered and logged per hour, because clients choose them.
/// </summary>
internal sealed partial class RefusedOriginLog(ILogger logger, TimeProvider time)
{
    public const int Capacity = 128;

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _logged = new(StringComparer.OrdinalIgnoreCase);
    private long _start = time.GetTimestamp();

    public void Write(HttpRequest request, bool isJsonp = false)
    {
        var origin = Describe(request, isJsonp);
        if (TryAdd(origin))
        {
            Refused(logger, origin, LogText.Escape(request.Scheme), LogText.Escape(request.Headers.Host.ToString()));
        }
    }

    private bool TryAdd(string origin)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_start) >= Period)
            {
                _logged.Clear();
                _start = time.GetTimestamp();
            }

            return _logged.Count < Capacity && _logged.Add(origin);
        }
    }

    // Only the origin of a Referer is logged: its path and query may hold secrets of the page.
    private static string Describe(HttpRequest request, bool isJsonp)
    {
        var headers = request.Headers;
        return headers.Origin.Count > 0 ? LogText.Escape(headers.Origin.ToString())
            : isJsonp ? $"{LogText.Escape(Origin.FromUrl(headers.Referer) ?? "none")} (Referer of a JSONP request)"
            : $"none (Sec-Fetch-Site: {LogText.Escape(headers["Sec-Fetch-Site"].ToString())})";
    }

    [LoggerMessage(21, LogLevel.Warning,
        "Refused the origin {Origin}. It was compared with the server's own origin {Scheme}://{Host}, from the Host header, "
        + "and with Cors:Origins. If its pages may connect, set Cors:Enabled and add it to Cors:Origins. "
        + "If it is the public address of this server, a proxy changes the Host header: "
        + "have the proxy keep Host with its port, or send X-Forwarded-Host, "
        + "and trust the proxy (ForwardedHeadersOptions; in Scaler.Stream: Scaler:Proxies).")]
    private static partial void Refused(ILogger logger, string origin, string scheme, string host);
}
