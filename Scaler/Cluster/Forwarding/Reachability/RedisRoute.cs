using System.Net;
using System.Net.Sockets;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>Finds the address from which this machine reaches Redis. The other servers are likely to reach it too.</summary>
/// <param name="endpoints">Returns the endpoints of Redis.</param>
internal sealed class RedisRoute(Func<IReadOnlyCollection<EndPoint>> endpoints)
{
    private const int DefaultPort = 6379;

    /// <summary>Finds the local address of a UDP socket that is connected to Redis. No packet is sent.</summary>
    /// <param name="allowIPv6"><see langword="true"/> to accept an IPv6 address.</param>
    /// <param name="cancellationToken">Ends the resolution of host names; the names count as unknown.</param>
    /// <returns>
    /// <c>IsKnown</c> is <see langword="false"/> if no endpoint can be resolved or routed to yet. <c>Address</c> is
    /// <see langword="null"/> if Redis runs on this machine, or if other machines cannot use the address.
    /// </returns>
    public async Task<(bool IsKnown, IPAddress? Address)> FindAsync(bool allowIPv6, CancellationToken cancellationToken)
    {
        var isKnown = false;
        foreach (var endpoint in endpoints())
        {
            foreach (var target in await ResolveAsync(endpoint, cancellationToken))
            {
                if (FindLocalAddress(target) is not { } local)
                {
                    continue;
                }

                isKnown = true;
                if (IPAddress.IsLoopback(local))
                {
                    return (true, null);
                }

                if (!local.Equals(IPAddress.Any) && !local.Equals(IPAddress.IPv6Any) && !local.IsIPv6LinkLocal
                    && (allowIPv6 || local.AddressFamily == AddressFamily.InterNetwork))
                {
                    return (true, local);
                }
            }
        }

        return (isKnown, null);
    }

    private static async Task<IEnumerable<IPEndPoint>> ResolveAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        switch (endpoint)
        {
            case IPEndPoint address:
                return [address];
            case DnsEndPoint name:
                try
                {
                    var addresses = await Dns.GetHostAddressesAsync(name.Host, cancellationToken);
                    return addresses.Select(address => new IPEndPoint(address, name.Port));
                }
                catch (Exception exception) when (exception is SocketException or OperationCanceledException)
                {
                    return [];
                }

            default:
                // A Unix domain socket.
                return [new IPEndPoint(IPAddress.Loopback, DefaultPort)];
        }
    }

    private static IPAddress? FindLocalAddress(IPEndPoint target)
    {
        try
        {
            using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(target.Address, target.Port > 0 ? target.Port : DefaultPort);
            var local = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local;
        }
        catch (SocketException)
        {
            // There is no route, or the machine does not support the address family.
            return null;
        }
    }
}
