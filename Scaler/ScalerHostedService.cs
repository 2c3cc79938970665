using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Scaler.Cluster.Forwarding;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Runs the server within its host. The server joins the cluster before it accepts the first client and publishes its URL once
/// it is listening. At shutdown it drains, closes the peer connections and leaves the cluster.
/// </summary>
internal sealed class ScalerHostedService(
    ScalerServer server, EngineServer engine, ConnectionDrainer drain, Forwarder forwarder, PeerEndpoint peers, IServer http) : IHostedLifecycleService
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
        var url = server.Options.Cluster.AdvertisedUrl
            ?? AdvertisedUrl(http.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        await server.Membership.PublishUrlAsync(url).WaitAsync(cancellationToken);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _requested.StopAsync();
        engine.AcceptsHandshakes = false;
        await server.Membership.RenewNowAsync().WaitAsync(cancellationToken);
        await drain.CloseAllAsync(cancellationToken);
        forwarder.Stop();
        peers.Close();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => server.Membership.LeaveAsync(cancellationToken);

    /// <summary>
    /// Returns the first TCP address as a URL for other servers, with http before other schemes. The host name replaces a
    /// wildcard address.
    /// </summary>
    internal static string? AdvertisedUrl(IEnumerable<string> addresses)
    {
        foreach (var address in addresses.Select(BindingAddress.Parse).OrderBy(a => a.Scheme == "http" ? 0 : 1))
        {
            if (address.IsUnixPipe || address.IsNamedPipe)
            {
                continue;
            }

            var isWildcard = address.Host is "*" or "+" or "0.0.0.0" or "[::]";
            return $"{address.Scheme}://{(isWildcard ? Dns.GetHostName() : address.Host)}:{address.Port}";
        }

        return null;
    }
}
