using System.Net;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Determines the URL at which other servers reach this server. The configured URL comes first. By default, it is the address
/// that the server listens on. If that address means all interfaces, the host is the address of the pod, or the address from
/// which this machine reaches Redis. The host name remains if Redis runs on this machine, and for https, because certificates
/// name hosts.
/// </summary>
/// <param name="configured">The configured URL, or <see langword="null"/>.</param>
/// <param name="pod">The address of the pod, or <see langword="null"/>.</param>
/// <param name="redis">The route to Redis.</param>
internal sealed class AdvertisedUrl(string? configured, IPAddress? pod, RedisRoute redis)
{
    /// <summary>Determines the URL.</summary>
    /// <param name="addresses">The addresses that the server listens on.</param>
    /// <param name="cancellationToken">Ends the resolution of host names; the names count as unknown.</param>
    /// <returns>
    /// The URL, or <see langword="null"/> if the server does not listen for TCP. <c>IsFinal</c> is <see langword="false"/> if the
    /// route to Redis is not known yet; a later call may return a better URL.
    /// </returns>
    public async Task<(string? Url, bool IsFinal)> FindAsync(IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        if (configured is not null || ListeningAddress.Select(addresses) is not { } listening)
        {
            return (configured, true);
        }

        if (!listening.IsWildcard)
        {
            return (listening.ToUrl(), true);
        }

        if (pod is not null)
        {
            return (listening.ToUrl(pod), true);
        }

        if (listening.Scheme != "http")
        {
            return (listening.ToUrl(Dns.GetHostName()), true);
        }

        var (isKnown, address) = await redis.FindAsync(listening.AllowsIPv6, cancellationToken);
        return (address is null ? listening.ToUrl(Dns.GetHostName()) : listening.ToUrl(address), isKnown);
    }
}
