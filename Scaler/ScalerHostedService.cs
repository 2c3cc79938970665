using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Scaler.Cluster.Forwarding;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Runs the server within its host. The server joins the cluster before it accepts the first client and publishes its URL once
/// it is listening. Then it probes the other servers. At shutdown it drains, closes the peer connections and leaves the cluster.
/// </summary>
internal sealed class ScalerHostedService(
    ScalerServer server, EngineServer engine, ConnectionDrainer drain, Forwarder forwarder, PeerEndpoint peers,
    AdvertisedUrlPublisher url, ReachabilityMonitor reachability, IServer http) : IHostedLifecycleService
{
    private readonly OperatorDrain _requested = new(server.Drain, server.Membership, engine, drain);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _requested.Start();
        return server.Membership.JoinAsync(cancellationToken);
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = http.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        await url.PublishAsync([.. addresses], cancellationToken);
        reachability.Start();
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await url.StopAsync();
        await reachability.StopAsync();
        await _requested.StopAsync();
        engine.AcceptsHandshakes = false;
        await server.Membership.RenewNowAsync().WaitAsync(cancellationToken);
        await drain.CloseAllAsync(cancellationToken);
        forwarder.Stop();
        peers.Close();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => server.Membership.LeaveAsync(cancellationToken);
}
