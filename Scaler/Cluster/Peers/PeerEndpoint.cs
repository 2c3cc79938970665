using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Scaler.Cluster.Peers;

/// <summary>Where other servers connect: the path of the clients, by an upgrade (RFC 9110 section 7.8) that only a server of the cluster can ask for.</summary>
internal sealed class PeerEndpoint(ScalerServer server, PeerApplication application, ILogger<PeerEndpoint> logger)
{
    private readonly PeerGreeting _greeting = new(server.Cluster.Link.Time);
    private readonly ConcurrentDictionary<PeerAnswerer, bool> _connections = [];
    private volatile bool _isClosed;

    /// <summary>Whether a request says that another server sends it for itself.</summary>
    public static bool IsFor(HttpRequest request) => request.Headers.ContainsKey(PeerGreeting.Name);

    /// <summary>Serves a connection until it ends.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var link = server.Cluster.Link;
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || context.Request.Headers.Upgrade != PeerGreeting.Protocol
            || !_greeting.TryAccept(context.Request.Headers[PeerGreeting.Name].ToString(), server.Id, link.Secret))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (_isClosed || application.Pipeline is null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        // It lasts as long as the two servers do: neither a duration nor a trace of requests.
        context.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
        Activity.Current?.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        Activity.Current?.IsAllDataRequested = false;
        context.Response.Headers.Upgrade = PeerGreeting.Protocol;
        await using var stream = await upgrade.UpgradeAsync();
        using var answerer = new PeerAnswerer(stream, link.Options.Cluster, link.Time, application, logger);
        _connections[answerer] = true;
        try
        {
            if (!_isClosed)
            {
                await answerer.RunAsync();
            }
        }
        finally
        {
            _connections.TryRemove(answerer, out _);
        }
    }

    /// <summary>Takes no more connections, and ends those that there are once what they have to say is said. The server holds no sessions by now.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var (connection, _) in _connections)
        {
            connection.Close();
        }
    }
}
