using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Warns once if a client of another host connects without TLS outside Development. The scheme and the address are those of the
/// client if the middleware for forwarded headers has run.
/// </summary>
internal sealed partial class PlainConnectionLog(ILogger logger, IHostEnvironment? environment)
{
    private readonly bool _isEnabled = environment?.IsDevelopment() != true;
    private int _isLogged;

    /// <summary>Checks a handshake.</summary>
    public void Check(HttpContext context)
    {
        if (_isEnabled && Volatile.Read(ref _isLogged) == 0 && !IsHttps(context.Request.Scheme)
            && context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address)
            && Interlocked.Exchange(ref _isLogged, 1) == 0)
        {
            LogPlain(address, LogText.Escape(context.Request.Scheme));
        }
    }

    // Some proxies send the scheme of a WebSocket.
    private static bool IsHttps(string scheme) =>
        scheme.Equals("https", StringComparison.OrdinalIgnoreCase) || scheme.Equals("wss", StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(50, LogLevel.Warning,
        "A client at {Address} connected over {Scheme}, without TLS: others on its network can read its session id, tokens "
        + "and messages. If TLS ends at a proxy, have the proxy send X-Forwarded-Proto, and trust the proxy (ForwardedHeadersOptions; "
        + "in Scaler.Stream: Scaler:Proxies). This warning is logged once.")]
    private partial void LogPlain(IPAddress address, string scheme);
}
