using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Node;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Accepts connections from other servers. They use the same path as clients, with an HTTP upgrade (RFC 9110 section 7.8). Only a
/// server of the cluster can create the required header. The response proves the same of this server.
/// </summary>
internal sealed class PeerEndpoint(
    ClusterNode node, string serverId, PeerApplication application, ILogger<PeerEndpoint> logger)
{
    private readonly PeerHandshakeHeader _greeting = new(node.Time);
    private readonly ConcurrentDictionary<PeerServerConnection, bool> _connections = [];
    private volatile bool _isClosed;

    /// <summary>
    /// Returns <see langword="true"/> if a request carries the header of a peer connection. The header is not verified.
    /// </summary>
    public static bool IsPeerRequest(HttpRequest request) => request.Headers.ContainsKey(PeerHandshakeHeader.Name);

    /// <summary>
    /// Verifies and upgrades a request, and serves the connection until it ends. The response is 403 if the request is not
    /// authentic, and 503 while the server stops.
    /// </summary>
    public async Task ServeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
            || context.Request.Headers.Upgrade != PeerHandshakeHeader.Protocol
            || context.Request.Headers[PeerHandshakeHeader.Name].ToString() is not { Length: > 0 } greeting
            || !_greeting.TryAccept(greeting, node.Epoch, node.Secret))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (_isClosed)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        // The connection lasts as long as both servers run. Exclude it from the request duration metric and from the traces.
        context.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
        Activity.Current?.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        Activity.Current?.IsAllDataRequested = false;
        context.Response.Headers.Upgrade = PeerHandshakeHeader.Protocol;
        context.Response.Headers[PeerHandshakeHeader.Name] = PeerHandshakeHeader.WriteAnswer(
            greeting, serverId, ServerEpochName.GetEpoch(node.ServerEpoch), node.Secret);
        if (await TryUpgradeAsync(upgrade, context.Response) is not { } stream)
        {
            return;
        }

        await using var upgraded = stream;
        using var answerer = new PeerServerConnection(stream, node.Options.Cluster, node.Time, application, logger);
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

    /// <summary>Upgrades a request. If Kestrel's limit on upgraded connections is reached, the response is 503.</summary>
    private static async ValueTask<Stream?> TryUpgradeAsync(IHttpUpgradeFeature upgrade, HttpResponse response)
    {
        try
        {
            return await upgrade.UpgradeAsync();
        }
        catch (InvalidOperationException) when (!response.HasStarted)
        {
            response.Headers.Remove("Upgrade");
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return null;
        }
    }

    /// <summary>
    /// Rejects new connections, and closes existing ones after their queued frames have been sent. The server must hold no more
    /// sessions.
    /// </summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var (connection, _) in _connections)
        {
            connection.Close();
        }
    }
}
