using Scaler.Cluster.Abstractions;
using StackExchange.Redis;

namespace Scaler.Cluster.InMemory;

/// <summary>
/// Implements the registry and the message bus within one process, with the same guarantees as the Redis implementations. It
/// serves a single server without Redis, and tests with several servers. One lock guards all state; receivers are called outside
/// the lock, in order.
/// </summary>
internal sealed class InMemoryCluster(TimeProvider time) : IServerRegistry, IMessageBus
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ServerInfo Info, DateTimeOffset Ends)> _servers = [];
    private readonly Dictionary<string, SortedDictionary<(string Account, string Id), RegistryEntry>> _held = [];
    private readonly Dictionary<string, InMemoryChannel> _channels = [];
    private string? _secret;

    /// <summary>
    /// Gets or sets a value indicating whether the registry is reachable. Tests set it to <see langword="false"/> to simulate an
    /// outage. The default is <see langword="true"/>.
    /// </summary>
    public bool IsConnected { get; set; } = true;

    public Task<string> ShareSecretAsync(string proposal)
    {
        lock (_lock)
        {
            return Task.FromResult(_secret ??= proposal);
        }
    }

    public Task<RenewalResult> RenewAsync(ServerInfo server, TimeSpan lease, bool join)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (join)
            {
                foreach (var (holder, other) in _servers.Where(s => s.Value.Info.Id == server.Id && s.Key != server.EpochName).ToList())
                {
                    _servers[holder] = (other.Info, now);
                }
            }
            else if (!HasLease(server.EpochName, now))
            {
                return Task.FromResult(RenewalResult.Lost);
            }

            _servers[server.EpochName] = (server, now + lease);
            var servers = Servers(now);
            return Task.FromResult(
                new RenewalResult(true, EntriesOf(server.EpochName).Count, servers, servers.ClockMicroseconds));
        }
    }

    public Task LeaveAsync(string holder)
    {
        lock (_lock)
        {
            if (_servers.TryGetValue(holder, out var server))
            {
                _servers[holder] = (server.Info, time.GetUtcNow());
            }
        }

        return Task.CompletedTask;
    }

    public Task<ServerList> GetServersAsync()
    {
        lock (_lock)
        {
            return Task.FromResult(Servers(time.GetUtcNow()));
        }
    }

    public Task<bool> RegisterAsync(string holder, IReadOnlyList<RegistryEntry> entries, int limit)
    {
        lock (_lock)
        {
            if (!_servers.ContainsKey(holder))
            {
                return Task.FromException<bool>(new RedisServerException($"The server epoch {holder} has no lease."));
            }

            var (held, allRegistered) = (EntriesOf(holder), true);
            foreach (var entry in entries)
            {
                var known = held.ContainsKey((entry.Account, entry.ConnectionId));
                if (limit > 0 && !known && Live().Sum(h => h.Entries.Count(e => e.Key.Account == entry.Account)) >= limit)
                {
                    allRegistered = false;
                    continue;
                }

                held[(entry.Account, entry.ConnectionId)] = entry with { Metadata = entry.Metadata.ToArray() };
            }

            return Task.FromResult(allRegistered);
        }
    }

    public Task UnregisterAsync(string holder, IReadOnlyList<RegistryEntry> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                EntriesOf(holder).Remove((entry.Account, entry.ConnectionId));
            }
        }

        return Task.CompletedTask;
    }

    public Task<int> ReapAsync(string holder)
    {
        lock (_lock)
        {
            if (HasLease(holder, time.GetUtcNow()))
            {
                return Task.FromResult(-1);
            }

            _held.Remove(holder);
            _servers.Remove(holder);
            return Task.FromResult(0);
        }
    }

    public Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take)
    {
        lock (_lock)
        {
            var accounts = Live()
                .SelectMany(h => h.Entries.Keys.Select(k => (k.Account, h.Server.Id)))
                .Where(a => a.Account.StartsWith(prefix, StringComparison.Ordinal) && (after is null || Utf8Order.Instance.Compare(a.Account, after) > 0))
                .GroupBy(a => a.Account, StringComparer.Ordinal)
                .OrderBy(g => g.Key, Utf8Order.Instance)
                .Take(take)
                .Select(g => new AccountInfo(g.Key, g.Count(), [.. g.Select(a => a.Id).Distinct()]))
                .ToList();
            return Task.FromResult(new AccountPage(accounts, accounts.Count < take ? null : accounts[^1].Name));
        }
    }

    public Task<AccountRange> GetAccountRangeAsync(string prefix, long offset, string? from, int take)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var accounts = _held
                .SelectMany(h => h.Value.Keys.Select(k => (k.Account, Holder: h.Key)))
                .Where(a => a.Account.StartsWith(prefix, StringComparison.Ordinal))
                .GroupBy(a => a.Account, a => a.Holder, StringComparer.Ordinal)
                .OrderBy(g => g.Key, Utf8Order.Instance)
                .ToList();
            var position = Math.Clamp(
                offset + (from is null ? 0 : accounts.Count(a => Utf8Order.Instance.Compare(a.Key, from) < 0)), 0, accounts.Count);
            return Task.FromResult(new AccountRange(
                [.. accounts.Skip((int)position).Take(take).Select(Read)], position, accounts.Count));

            AccountInfo Read(IGrouping<string, string> account)
            {
                var live = account.Where(holder => HasLease(holder, now)).ToList();
                return new AccountInfo(account.Key, live.Count, [.. live.Distinct().Select(ServerEpochName.GetServerId)]);
            }
        }
    }

    public Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account, int take)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<ScalerConnectionInfo>>(
            [
                .. Live()
                    .SelectMany(h => h.Entries.Values.Where(e => e.Account == account)
                        .Select(e => ConnectionMetadata.Read(e.ConnectionId, h.Server.Id, e.Metadata.Span)))
                    .Take(take),
            ]);
        }
    }

    public Task<ClusterCounts> GetCountsAsync()
    {
        lock (_lock)
        {
            var live = Live().ToList();
            return Task.FromResult(new ClusterCounts(
                live.Count, live.SelectMany(h => h.Entries.Keys.Select(k => k.Account)).Distinct().Count(), live.Sum(h => h.Entries.Count)));
        }
    }

    public Task<IReadOnlyList<RegistryEntry>> GetRegistrationsAsync(string holder, RegistryEntry? after, int take)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<RegistryEntry>>(
            [
                .. EntriesOf(holder).Values
                    .SkipWhile(e => after is { } last && (e.Account, e.ConnectionId).CompareTo((last.Account, last.ConnectionId)) <= 0)
                    .Take(take),
            ]);
        }
    }

    public Task<IReadOnlyList<DeliveryResult>> SendToAccountAsync(string account, string sender, ReadOnlyMemory<byte> envelope)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            return Task.FromResult<IReadOnlyList<DeliveryResult>>(
            [
                .. _held.Where(h => h.Key != sender)
                    .Select(h => (Holder: h.Key, Connections: h.Value.Keys.Count(k => k.Account == account)))
                    .Where(h => h.Connections > 0)
                    .Select(h => new DeliveryResult(h.Holder, h.Connections, HasLease(h.Holder, now) && Publish(h.Holder, envelope))),
            ]);
        }
    }

    public Task<IReadOnlyList<DeliveryResult>> BroadcastAsync(string sender, ReadOnlyMemory<byte> envelope)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<DeliveryResult>>(
                [.. Live().Where(h => h.Server.EpochName != sender)
                    .Select(h => new DeliveryResult(h.Server.EpochName, h.Entries.Count, Publish(h.Server.EpochName, envelope)))]);
        }
    }

    public Task<bool> SendToServerAsync(string holder, ReadOnlyMemory<byte> envelope)
    {
        lock (_lock)
        {
            return Task.FromResult(Publish(holder, envelope));
        }
    }

    public Task<IAsyncDisposable> SubscribeAsync(string holder, Action<ReadOnlyMemory<byte>> receive, bool reconnect)
    {
        var channel = new InMemoryChannel(receive, closed =>
        {
            lock (_lock)
            {
                if (_channels.GetValueOrDefault(holder) == closed)
                {
                    _channels.Remove(holder);
                }
            }
        });
        lock (_lock)
        {
            _channels[holder] = channel;
        }

        return Task.FromResult<IAsyncDisposable>(channel);
    }

    private bool Publish(string holder, ReadOnlyMemory<byte> envelope) =>
        _channels.TryGetValue(holder, out var channel) && channel.TryEnqueue(envelope.ToArray());

    private bool HasLease(string holder, DateTimeOffset now) => _servers.TryGetValue(holder, out var server) && server.Ends > now;

    private SortedDictionary<(string Account, string Id), RegistryEntry> EntriesOf(string holder) =>
        _held.TryGetValue(holder, out var held) ? held : _held[holder] = [];

    private IEnumerable<(ServerInfo Server, SortedDictionary<(string Account, string Id), RegistryEntry> Entries)> Live()
    {
        var now = time.GetUtcNow();
        return _servers.Where(s => s.Value.Ends > now).Select(s => (s.Value.Info, EntriesOf(s.Key)));
    }

    private ServerList Servers(DateTimeOffset now) => new(
    [
        .. _servers.Values.OrderBy(s => s.Info.Id, StringComparer.Ordinal).ThenBy(s => s.Info.Epoch).Select(s => s.Info with
        {
            LeaseRemaining = s.Ends > now ? s.Ends - now : TimeSpan.Zero,
            State = s.Ends > now ? s.Info.State : ServerState.Dead,
        }),
    ])
    {
        Expired = [.. _servers.Where(s => s.Value.Ends <= now).Select(static s => s.Key)],
        ClockMicroseconds = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
    };
}
