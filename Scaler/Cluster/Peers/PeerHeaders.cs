using System.Collections.Frozen;

namespace Scaler.Cluster.Peers;

/// <summary>Which headers of a request and of an answer are passed on.</summary>
internal static class PeerHeaders
{
    // Those of one connection (RFC 9110 section 7.6.1), and what only servers of the cluster say.
    private static readonly FrozenSet<string> Kept = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
        ForwardHeader.Name, PeerGreeting.Name);

    public static bool IsPassedOn(string name) => name.Length > 0 && !Kept.Contains(name);
}
