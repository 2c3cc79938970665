using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>Represents an address that Kestrel listens on.</summary>
internal sealed record ListeningAddress(string Scheme, string Host, int Port)
{
    /// <summary>Gets a value indicating whether the address means all interfaces.</summary>
    public bool IsWildcard => Host is "*" or "+" or "0.0.0.0" or "[::]";

    /// <summary>Gets a value indicating whether the server also listens for IPv6.</summary>
    public bool AllowsIPv6 => Host != "0.0.0.0";

    private bool IsLoopback =>
        Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>
    /// Selects the TCP address for other servers: http before other schemes, and then addresses before those of the loopback
    /// interface.
    /// </summary>
    /// <returns>The address, or <see langword="null"/> if the server does not listen for TCP.</returns>
    public static ListeningAddress? Select(IEnumerable<string> addresses) => addresses
        .Select(BindingAddress.Parse)
        .Where(static address => !address.IsUnixPipe && !address.IsNamedPipe)
        .Select(static address => new ListeningAddress(address.Scheme, address.Host, address.Port))
        .OrderBy(static address => address.Scheme == "http" ? 0 : 1)
        .ThenBy(static address => address.IsLoopback ? 1 : 0)
        .FirstOrDefault();

    /// <summary>Returns the URL with the host of this address.</summary>
    public string ToUrl() => ToUrl(Host);

    public string ToUrl(IPAddress address) =>
        ToUrl(address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString());

    public string ToUrl(string host) => $"{Scheme}://{host}:{Port}";
}
