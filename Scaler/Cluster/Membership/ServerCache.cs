using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Membership;

/// <summary>Caches the servers of the cluster from the last renewal, for lookups without a round trip to Redis.</summary>
internal sealed class ServerCache(TimeProvider time)
{
    private volatile Snapshot _snapshot = new(new ServerList([]), 0);

    private sealed record Snapshot(ServerList Servers, long At);

    public IReadOnlyList<ServerInfo> Servers => _snapshot.Servers;

    /// <inheritdoc cref="ServerList.Expired"/>
    public IReadOnlyList<string> Expired => _snapshot.Servers.Expired;

    /// <summary>Returns the servers that hold their lease, checked against the time elapsed since the last renewal.</summary>
    public IEnumerable<ServerInfo> GetLive()
    {
        var snapshot = _snapshot;
        var age = time.GetElapsedTime(snapshot.At);
        return snapshot.Servers.Where(server => server.State != ServerState.Dead && server.LeaseRemaining > age);
    }

    public void Update(ServerList servers) => _snapshot = new Snapshot(servers, time.GetTimestamp());

    /// <summary>Finds a live server with a URL. Leases are checked against the time elapsed since the last renewal.</summary>
    public ServerLookup Find(string id, out ServerInfo? live)
    {
        var snapshot = _snapshot;
        var age = time.GetElapsedTime(snapshot.At);
        live = null;
        var known = false;
        foreach (var server in snapshot.Servers)
        {
            if (server.Id == id)
            {
                known = true;
                if (server.State != ServerState.Dead && server.LeaseRemaining > age)
                {
                    live = server.Url is null ? null : server;
                    return live is null ? ServerLookup.Unknown : ServerLookup.Live;
                }
            }
        }

        return known ? ServerLookup.Dead : ServerLookup.Unknown;
    }
}
