using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Membership;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;
using Yarp.ReverseProxy.Forwarder;

namespace Scaler.Cluster.Forwarding;

/// <summary>
/// Forwards requests for a session of another server to that server. A request is forwarded at most once. A request is not
/// forwarded if its session ID was not created by this cluster or names a server that is gone; the session is unknown then.
/// </summary>
internal sealed class Forwarder : IDisposable
{
    /// <summary>The time that another server has to answer its held poll requests after this server began to stop.</summary>
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(1);

    private readonly IHttpForwarder _forwarder;
    private readonly ClusterNode _node;
    private readonly ClusterMembership _membership;
    private readonly HttpMessageInvoker _client;
    private readonly ForwarderRequestConfig _config;
    private readonly PeerTable _peers;
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _closing;

    public Forwarder(IHttpForwarder forwarder, ClusterNode node, ClusterMembership membership, ILogger<Forwarder> logger)
    {
        (_forwarder, _node, _membership) = (forwarder, node, membership);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ActivityHeadersPropagator = DistributedContextPropagator.Current,
            ConnectTimeout = node.Options.Cluster.ForwardConnectTimeout,
        });

        // A poll request stays open until the session sends a packet, which is a heartbeat at the latest.
        var engine = node.Options.EngineIO;
        var responseTimeout = engine.PingInterval + engine.PingTimeout + TimeSpan.FromSeconds(10);
        _config = new ForwarderRequestConfig { ActivityTimeout = responseTimeout };
        _peers = new PeerTable(node, membership, responseTimeout, logger);
    }

    /// <summary>Forwards a request if its session belongs to another live server.</summary>
    /// <returns>
    /// <see langword="true"/> if the request was forwarded. <see langword="false"/> if the session is unknown elsewhere, the
    /// request was forwarded before, or its server is unreachable; no response has been written then.
    /// </returns>
    public async ValueTask<bool> TryForwardAsync(HttpContext context, string sid)
    {
        var secret = _node.Secret;
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
            _node.Metrics.RequestForwarded("unknown", "none");
            return false;
        }

        var outcome = await _peers.CallAsync(context, server, url, _stopping.Token);
        if (outcome == PeerCallOutcome.NotSupported)
        {
            return await TryStreamAsync(context, sid, url, secret);
        }

        _node.Metrics.RequestForwarded(outcome == PeerCallOutcome.Completed ? "forwarded" : outcome.ToString().ToLowerInvariant(), "peer");
        return outcome != PeerCallOutcome.Unreachable;
    }

    /// <summary>
    /// Ends the forwarded requests of a stopping server, which would otherwise last until the next heartbeat of their session.
    /// Held poll requests are answered by the server that holds the session, so the session continues through another server.
    /// Forwarded WebSockets and other streams are closed; their clients reconnect.
    /// </summary>
    public void Stop()
    {
        _stopping.Cancel();
        _closing ??= _node.Time.CreateTimer(
            static state => ((PeerTable)state!).Dispose(), _peers, ReleaseTimeout, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _closing?.Dispose();
        _peers.Dispose();
        _client.Dispose();
    }

    private static bool IsForwarded(HttpContext context) =>
        context.Features.Get<PeerRequest>() is not null || context.Request.Headers.ContainsKey(ForwardHeader.Name);

    /// <summary>Forwards the request and the response as streams. Used for WebSockets and for long or slow bodies.</summary>
    private async ValueTask<bool> TryStreamAsync(HttpContext context, string sid, string url, ClusterSecret secret)
    {
        var header = ForwardHeader.Write(
            _membership.ServerId, context.Connection.RemoteIpAddress, context.Request.Scheme, sid, _node.Time.GetUtcNow(), secret);
        var prefix = url.TrimEnd('/') + context.Request.PathBase.ToUriComponent();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        var error = await _forwarder.SendAsync(context, prefix, _client, _config, new ForwardTransformer(header), ending.Token);
        if (error is ForwarderError.Request or ForwarderError.RequestTimedOut && !context.Response.HasStarted)
        {
            // The server is unreachable, even if its lease is still running. Its sessions are gone.
            _node.Metrics.RequestForwarded("unreachable", "http");
            context.Response.Clear();
            return false;
        }

        if (error == ForwarderError.RequestBodyClient && !IsBodyRejected(context))
        {
            // The client disconnected while sending the body. Kestrel may not have noticed: it would try to read the rest of the
            // body and log an error.
            context.Abort();
        }

        _node.Metrics.RequestForwarded(error == ForwarderError.None ? "forwarded" : error.ToString(), "http");
        return true;
    }

    /// <summary>
    /// Returns <see langword="true"/> if this server rejected the body as too slow, too large or malformed. The client is still
    /// connected and must receive the error response.
    /// </summary>
    private static bool IsBodyRejected(HttpContext context) => context.GetForwarderErrorFeature()?.Exception switch
    {
        AggregateException all => all.Flatten().InnerExceptions.Any(static exception => exception is BadHttpRequestException),
        var exception => exception is BadHttpRequestException,
    };
}
