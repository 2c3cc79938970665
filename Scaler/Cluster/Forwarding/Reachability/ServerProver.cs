using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Node;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Obtains the proof that a server of this cluster answers at a URL, before a request of a client is sent there. Concurrent
/// requests share a probe. A failure is kept for one renewal interval, so that requests of clients cannot cause a flood of
/// probes.
/// </summary>
internal sealed class ServerProver(
    ClusterNode node, ProvenServers proven, Func<ServerInfo, CancellationToken, Task<string?>> probe)
{
    // Guards the attempts.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);

    private sealed record Attempt(ServerInfo Server, Task<string?> Probe, long StartedAt);

    /// <summary>Returns <see langword="true"/> if the server has proved its identity at its URL.</summary>
    public ValueTask<bool> ProveAsync(ServerInfo server, CancellationToken cancellationToken) =>
        proven.Contains(server) ? ValueTask.FromResult(true) : ProbeAsync(server, cancellationToken);

    private async ValueTask<bool> ProbeAsync(ServerInfo server, CancellationToken cancellationToken)
    {
        Task<string?> shared;
        lock (_lock)
        {
            foreach (var (id, other) in _attempts)
            {
                if (IsOver(other))
                {
                    _attempts.Remove(id);
                }
            }

            if (!_attempts.TryGetValue(server.Id, out var known)
                || (known.Server.Epoch, known.Server.Url) != (server.Epoch, server.Url))
            {
                // The probe has its own timeout. It must not end with the first request that waits for it.
                var attempt = Task.Run(() => probe(server, CancellationToken.None), CancellationToken.None);
                known = new Attempt(server, attempt, node.Time.GetTimestamp());
                _attempts[server.Id] = known;
            }

            shared = known.Probe;
        }

        return await shared.WaitAsync(cancellationToken) is null;
    }

    private bool IsOver(Attempt attempt) =>
        attempt.Probe.IsCompleted && node.Time.GetElapsedTime(attempt.StartedAt) > node.Options.Cluster.LeaseRenewal;
}
