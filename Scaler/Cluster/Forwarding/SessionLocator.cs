using Scaler.Cluster.Membership;
using Scaler.Cluster.Node;
using Scaler.Cluster.Secrets;

namespace Scaler.Cluster.Forwarding;

/// <summary>Finds the server that holds a session, from the session ID and the list of live servers.</summary>
internal sealed class SessionLocator(ClusterNode node, ClusterMembership membership)
{
    /// <summary>Gets the ID of the other server that a genuine session ID names.</summary>
    /// <returns>
    /// <see langword="false"/> if this cluster did not create the session ID, or if it names this server; otherwise,
    /// <see langword="true"/>.
    /// </returns>
    public bool TryGetRemoteServer(string sid, out string serverId) =>
        ClusterSid.TryRead(sid, node.Secret, out serverId) && serverId != membership.ServerId;

    /// <summary>Gets the URL of a server. Refreshes the list of servers if the server may just have started.</summary>
    /// <returns>The URL, or <see langword="null"/> if the server is not live.</returns>
    public async ValueTask<string?> FindUrlAsync(string serverId, CancellationToken cancellationToken)
    {
        var lookup = membership.Servers.Find(serverId, out var url);
        if (lookup == ServerLookup.Unknown)
        {
            await membership.RefreshAsync(cancellationToken);
            lookup = membership.Servers.Find(serverId, out url);
        }

        return lookup == ServerLookup.Live ? url : null;
    }
}
