using System.Collections.Frozen;
using Scaler.Cluster.Secrets;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Determines the headers of a request or a response that are forwarded.</summary>
internal static class PeerHeaders
{
    // Hop-by-hop headers (RFC 9110 section 7.6.1), and headers that only servers of the cluster may set.
    private static readonly FrozenSet<string> NotForwarded = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
        ForwardHeader.Name, PeerHandshakeHeader.Name);

    /// <summary>Returns <see langword="true"/> if a header is forwarded.</summary>
    public static bool IsForwarded(string name) => name.Length > 0 && !NotForwarded.Contains(name);
}
