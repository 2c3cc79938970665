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

    /// <summary>Finds a live server with a URL. Refreshes the list of servers if the server may just have started.</summary>
    /// <returns>The server, or <see langword="null"/> if the server is not live.</returns>
    public async ValueTask<ServerInfo?> FindAsync(string serverId, CancellationToken cancellationToken)
    {
        if (membership.Servers.Find(serverId, out var live) == ServerLookup.Unknown)
        {
            await membership.RefreshAsync(cancellationToken);
            membership.Servers.Find(serverId, out live);
        }

        return live;
    }
}
