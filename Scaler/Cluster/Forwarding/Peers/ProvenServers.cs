using System.Collections.Concurrent;
using Scaler.Cluster.Membership;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Holds the servers that have proved, at their URL, that they know the secret of the cluster. Requests of clients are forwarded
/// only to these URLs.
/// </summary>
internal sealed class ProvenServers(ServerCache servers)
{
    private readonly ConcurrentDictionary<string, (long Epoch, string? Url)> _proven = new(StringComparer.Ordinal);

    /// <summary>Returns <see langword="true"/> if the server has given a proof for its current epoch and URL.</summary>
    public bool Contains(ServerInfo server) =>
        _proven.TryGetValue(server.Id, out var proof) && proof == (server.Epoch, server.Url);

    /// <summary>Adds a server, and forgets those that have left the cluster.</summary>
    public void Add(ServerInfo server)
    {
        foreach (var (id, _) in _proven)
        {
            if (servers.Find(id, out _) != ServerLookup.Live)
            {
                _proven.TryRemove(id, out _);
            }
        }

        _proven[server.Id] = (server.Epoch, server.Url);
    }
}
