using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.Cluster.Membership;
using Scaler.Cluster.Node;
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

    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly ScalerMetrics _metrics;
    private readonly SessionLocator _locator;
    private readonly PeerTable _peers;
    private readonly StreamForwarder _streams;
    private readonly ReachabilityMonitor _reachability;
    private readonly ServerProver _prover;
    private ITimer? _closing;

    public Forwarder(
        IHttpForwarder forwarder, ClusterNode node, ClusterMembership membership, PeerTable peers,
        ReachabilityMonitor reachability, ServerProver prover, KestrelServerOptions kestrel, ILogger<Forwarder> logger)
    {
        (_time, _metrics, _peers, _reachability, _prover) = (node.Time, node.Metrics, peers, reachability, prover);
        _locator = new SessionLocator(node, membership);
        _streams = new StreamForwarder(forwarder, node, membership.ServerId, peers.ResponseTimeout, kestrel, logger);
    }

    /// <summary>Forwards a request if its session belongs to another live server.</summary>
    /// <returns>
    /// <see langword="true"/> if the request was forwarded. <see langword="false"/> if the session is unknown elsewhere, the
    /// request was forwarded before, or its server is unreachable; no response has been written then.
    /// </returns>
    public async ValueTask<bool> TryForwardAsync(HttpContext context, string sid)
    {
        if (!_locator.TryGetRemoteServer(sid, out var id) || ForwardedRequest.IsForwarded(context))
        {
            return false;
        }

        if (await _locator.FindAsync(id, context.RequestAborted) is not { Url: { } url } server)
        {
            _metrics.RequestForwarded("unknown", "none");
            return false;
        }

        var outcome = await _peers.CallAsync(context, server, _stopping.Token);
        if (outcome == PeerCallOutcome.NotSupported)
        {
            return await TryStreamAsync(context, sid, server, url) || Suspect(id);
        }

        _metrics.RequestForwarded(
            outcome == PeerCallOutcome.Completed ? "forwarded" : outcome.ToString().ToLowerInvariant(), "peer");
        return outcome != PeerCallOutcome.Unreachable || Suspect(id);
    }

    /// <summary>
    /// Ends the forwarded requests of a stopping server, which would otherwise last until the next heartbeat of their session.
    /// Held poll requests are answered by the server that holds the session, so the session continues through another server.
    /// Forwarded WebSockets and other streams are closed; their clients reconnect.
    /// </summary>
    public void Stop()
    {
        _stopping.Cancel();
        _closing ??= _time.CreateTimer(
            static state => ((PeerTable)state!).Dispose(), _peers, ReleaseTimeout, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _closing?.Dispose();
        _streams.Dispose();
    }

    /// <summary>Streams a request to a server that has proved its identity at its URL.</summary>
    private async ValueTask<bool> TryStreamAsync(HttpContext context, string sid, ServerInfo server, string url)
    {
        if (!await _prover.ProveAsync(server, context.RequestAborted))
        {
            _metrics.RequestForwarded("unreachable", "http");
            return false;
        }

        return await _streams.TryForwardAsync(context, sid, url, _stopping.Token);
    }

    /// <summary>Probes a server soon, because a request could not be forwarded to it.</summary>
    /// <returns><see langword="false"/>, because the request was not forwarded.</returns>
    private bool Suspect(string server)
    {
        _reachability.Suspect(server);
        return false;
    }
}
