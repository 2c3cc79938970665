namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Decides when each other server is probed, and keeps the results. A server is probed when it joins, when its URL or its epoch
/// changes, when a request could not be forwarded to it, and every ten renewal intervals while it is unreachable.
/// <para>
/// A server becomes unreachable by a second failed probe, which follows after more than a lease duration. If the server has
/// crashed instead, its lease has expired until then. Probes of many servers are spread over time.
/// </para>
/// </summary>
internal sealed class ReachabilityTable(TimeProvider time, ScalerClusterOptions options)
{
    /// <summary>The number of servers that are probed per renewal interval, if many join at once.</summary>
    private const double ServersPerInterval = 10;

    private readonly long _startedAt = time.GetTimestamp();
    private readonly TimeSpan _interval = options.LeaseRenewal;
    private readonly TimeSpan _confirmDelay = options.LeaseDuration + options.LeaseRenewal;
    private readonly TimeSpan _retryDelay = options.LeaseRenewal * 10;

    // Guards the entries.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private sealed class Entry(ServerInfo server, TimeSpan dueAt)
    {
        public ServerInfo Server { get; set; } = server;

        /// <summary>Gets or sets the time of the next probe, or <see langword="null"/> if none is necessary.</summary>
        public TimeSpan? DueAt { get; set; } = dueAt;

        /// <summary>Gets or sets the time of a failed probe that a second one has to confirm.</summary>
        public DateTimeOffset? FailedAt { get; set; }

        public UnreachableServer? Unreachable { get; set; }
    }

    private TimeSpan Now => time.GetElapsedTime(_startedAt);

    /// <summary>Returns the unreachable servers, sorted by ID.</summary>
    public IReadOnlyList<UnreachableServer> GetUnreachable()
    {
        lock (_lock)
        {
            return [.. _entries.Values.Select(static entry => entry.Unreachable).OfType<UnreachableServer>()
                .OrderBy(static server => server.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>Updates the other servers that hold their lease and have a URL.</summary>
    /// <returns>The servers that were unreachable and have left the cluster.</returns>
    public IReadOnlyList<UnreachableServer> Update(IReadOnlyCollection<ServerInfo> live)
    {
        lock (_lock)
        {
            var window = _interval * (1 + (live.Count(server => !IsKnown(server)) / ServersPerInterval));
            foreach (var server in live)
            {
                var isKnown = IsKnown(server);
                if (!_entries.TryGetValue(server.Id, out var entry))
                {
                    _entries[server.Id] = new Entry(server, Now + (window * Random.Shared.NextDouble()));
                }
                else
                {
                    entry.Server = server;
                    if (!isKnown)
                    {
                        (entry.DueAt, entry.FailedAt) = (Now + (window * Random.Shared.NextDouble()), null);
                    }
                }
            }

            var ids = live.Select(static server => server.Id).ToHashSet(StringComparer.Ordinal);
            var left = _entries.Where(entry => !ids.Contains(entry.Key)).ToList();
            left.ForEach(entry => _entries.Remove(entry.Key));
            return [.. left.Select(static entry => entry.Value.Unreachable).OfType<UnreachableServer>()];
        }
    }

    /// <summary>Makes a probe of a server due, because a request could not be forwarded to it.</summary>
    public void Suspect(string server)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(server, out var entry) && entry is { Unreachable: null, FailedAt: null })
            {
                entry.DueAt ??= Now;
            }
        }
    }

    /// <summary>Takes the servers whose probe is due.</summary>
    public IReadOnlyList<ServerInfo> TakeDue()
    {
        lock (_lock)
        {
            var due = _entries.Values.Where(entry => entry.DueAt <= Now).ToList();
            due.ForEach(static entry => entry.DueAt = null);
            return [.. due.Select(static entry => entry.Server)];
        }
    }

    /// <summary>Records the result of a probe.</summary>
    /// <param name="probed">The server as it was when it was probed.</param>
    /// <param name="reason">The reason why it is not reachable, or <see langword="null"/> if it is.</param>
    public ReachabilityChange Record(ServerInfo probed, string? reason)
    {
        lock (_lock)
        {
            // A server that has changed during the probe is probed again.
            if (!IsKnown(probed))
            {
                return ReachabilityChange.None;
            }

            var entry = _entries[probed.Id];
            return reason is null ? RecordSuccess(entry) : RecordFailure(entry, reason);
        }
    }

    private static ReachabilityChange RecordSuccess(Entry entry)
    {
        var change = entry.Unreachable is null ? ReachabilityChange.None : ReachabilityChange.Found;
        (entry.DueAt, entry.FailedAt, entry.Unreachable) = (null, null, null);
        return change;
    }

    private ReachabilityChange RecordFailure(Entry entry, string reason)
    {
        var url = DisplayUrl.Format(entry.Server.Url) ?? "";
        if (entry.Unreachable is { } known)
        {
            entry.DueAt = Now + (_retryDelay * (0.75 + (Random.Shared.NextDouble() / 2)));
            entry.Unreachable = known with { Url = url, Reason = reason };
            return known.Url == url ? ReachabilityChange.None : ReachabilityChange.Lost;
        }

        // A draining server may be about to exit and may listen no more, so its failure needs no attention.
        if (entry.FailedAt is not { } since || entry.Server.State == ServerState.Draining)
        {
            entry.FailedAt = time.GetUtcNow();
            entry.DueAt = Now + _confirmDelay + (_interval * Random.Shared.NextDouble());
            return ReachabilityChange.None;
        }

        (entry.FailedAt, entry.Unreachable) = (null, new UnreachableServer(entry.Server.Id, url, since, reason));
        entry.DueAt = Now + (_retryDelay * (0.75 + (Random.Shared.NextDouble() / 2)));
        return ReachabilityChange.Lost;
    }

    private bool IsKnown(ServerInfo server) =>
        _entries.TryGetValue(server.Id, out var entry) && (entry.Server.Epoch, entry.Server.Url) == (server.Epoch, server.Url);
}
