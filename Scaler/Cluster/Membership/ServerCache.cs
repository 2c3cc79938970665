namespace Scaler.Cluster.Membership;

/// <summary>Caches the servers of the cluster from the last renewal, for lookups without a round trip to Redis.</summary>
internal sealed class ServerCache(TimeProvider time)
{
    private volatile Snapshot _snapshot = new([], 0);

    private sealed record Snapshot(IReadOnlyList<ServerInfo> Servers, long At);

    public IReadOnlyList<ServerInfo> Servers => _snapshot.Servers;

    /// <summary>Returns the servers that hold their lease, checked against the time elapsed since the last renewal.</summary>
    public IEnumerable<ServerInfo> GetLive()
    {
        var snapshot = _snapshot;
        var age = time.GetElapsedTime(snapshot.At);
        return snapshot.Servers.Where(server => server.State != ServerState.Dead && server.LeaseRemaining > age);
    }

    public void Update(IReadOnlyList<ServerInfo> servers) => _snapshot = new Snapshot(servers, time.GetTimestamp());

    /// <summary>Finds the URL of a live server. Leases are checked against the time elapsed since the last renewal.</summary>
    public ServerLookup Find(string id, out string? url)
    {
        var snapshot = _snapshot;
        var age = time.GetElapsedTime(snapshot.At);
        url = null;
        var known = false;
        foreach (var server in snapshot.Servers)
        {
            if (server.Id == id)
            {
                known = true;
                if (server.State != ServerState.Dead && server.LeaseRemaining > age)
                {
                    url = server.Url;
                    return url is null ? ServerLookup.Unknown : ServerLookup.Live;
                }
            }
        }

        return known ? ServerLookup.Dead : ServerLookup.Unknown;
    }
}
