using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Peers;
using Yarp.ReverseProxy.Forwarder;

namespace Scaler.Cluster;

/// <summary>
/// Answers requests for a session that lives on another server by sending them there: one hop, never a second. A session id
/// that this cluster did not make, or whose server is gone, is not forwarded: it is unknown.
/// </summary>
internal sealed class Forwarder : IDisposable
{
    private readonly IHttpForwarder _forwarder;
    private readonly ClusterLink _link;
    private readonly Membership _membership;
    private readonly HttpMessageInvoker _client;
    private readonly ForwarderRequestConfig _config;
    private readonly PeerTable _peers;

    public Forwarder(IHttpForwarder forwarder, ClusterLink link, Membership membership, ILogger<Forwarder> logger)
    {
        (_forwarder, _link, _membership) = (forwarder, link, membership);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ActivityHeadersPropagator = DistributedContextPropagator.Current,
            ConnectTimeout = link.Options.Cluster.ForwardConnectTimeout,
        });

        // A poll is held until there is something to say, which is a heartbeat at the latest.
        var engine = link.Options.EngineIO;
        var patience = engine.PingInterval + engine.PingTimeout + TimeSpan.FromSeconds(10);
        _config = new ForwarderRequestConfig { ActivityTimeout = patience };
        _peers = new PeerTable(link, membership, patience, logger);
    }

    /// <summary>Forwards a request, if it can be answered elsewhere.</summary>
    /// <returns>False where the session is unknown to the whole cluster: nothing has been answered.</returns>
    public async ValueTask<bool> TryForwardAsync(HttpContext context, string sid)
    {
        var secret = _link.Secret;
        if (!ClusterSid.TryRead(sid, secret, out var server) || server == _membership.ServerId || IsForwarded(context))
        {
            return false;
        }

        var lookup = _membership.Servers.Find(server, out var url);
        if (lookup == ServerLookup.Unknown)
        {
            await _membership.RefreshAsync(context.RequestAborted);
            lookup = _membership.Servers.Find(server, out url);
        }

        if (lookup != ServerLookup.Live || url is null)
        {
            _link.Metrics.Forwarded("unknown", "none");
            return false;
        }

        var outcome = await _peers.CallAsync(context, server, url);
        if (outcome == PeerCallOutcome.NotCarried)
        {
            return await TryStreamAsync(context, sid, url, secret);
        }

        _link.Metrics.Forwarded(outcome == PeerCallOutcome.Answered ? "forwarded" : outcome.ToString().ToLowerInvariant(), "peer");
        return outcome != PeerCallOutcome.Unreachable;
    }

    public void Dispose()
    {
        _peers.Dispose();
        _client.Dispose();
    }

    private static bool IsForwarded(HttpContext context) =>
        context.Features.Get<PeerRequest>() is not null || context.Request.Headers.ContainsKey(ForwardHeader.Name);

    /// <summary>Passes on what comes, and what comes back, as it comes: WebSockets, and bodies that are long or not there yet.</summary>
    private async ValueTask<bool> TryStreamAsync(HttpContext context, string sid, string url, ClusterSecret secret)
    {
        var header = ForwardHeader.Write(
            _membership.ServerId, context.Connection.RemoteIpAddress, context.Request.Scheme, sid, _link.Time.GetUtcNow(), secret);
        var prefix = url.TrimEnd('/') + context.Request.PathBase.ToUriComponent();
        var error = await _forwarder.SendAsync(context, prefix, _client, _config, new ForwardTransformer(header), context.RequestAborted);
        if (error is ForwarderError.Request or ForwarderError.RequestTimedOut && !context.Response.HasStarted)
        {
            // The server is not there, whatever its lease says; its session is gone with it.
            _link.Metrics.Forwarded("unreachable", "http");
            context.Response.Clear();
            return false;
        }

        if (error == ForwarderError.RequestBodyClient && !IsRefused(context))
        {
            // The client left half-way. Kestrel, which may not know it yet, would try to read the rest, and log an error of its own.
            context.Abort();
        }

        _link.Metrics.Forwarded(error == ForwarderError.None ? "forwarded" : error.ToString(), "http");
        return true;
    }

    /// <summary>Whether this server would not take the body, because it is too slow, too large or malformed: the client is there to be told so.</summary>
    private static bool IsRefused(HttpContext context) => context.GetForwarderErrorFeature()?.Exception switch
    {
        AggregateException all => all.Flatten().InnerExceptions.Any(static exception => exception is BadHttpRequestException),
        var exception => exception is BadHttpRequestException,
    };
}
