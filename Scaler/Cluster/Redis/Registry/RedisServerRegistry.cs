using System.Globalization;
using System.Text.Json;
using Scaler.Cluster.Abstractions;
using StackExchange.Redis;

namespace Scaler.Cluster.Redis.Registry;

/// <summary>Implements the registry in Redis. <see cref="RedisKeys"/> documents the keys.</summary>
internal sealed class RedisServerRegistry(IConnectionMultiplexer redis, RedisKeys keys) : IServerRegistry
{
    /// <summary>
    /// The maximum number of entries that one script call removes. The limit keeps a call to about 1 ms in Redis.
    /// </summary>
    private const int ReapBatch = 250;

    /// <summary>The maximum number of entries that one script call reads, for the same reason.</summary>
    private const int ReadBatch = 500;

    /// <summary>
    /// The lifetime of keys after the last renewal by any server, in milliseconds. Readers rely on the leases instead; the expiry
    /// cleans up after all servers have gone.
    /// </summary>
    private const long KeyLifetimeMilliseconds = 10 * 60 * 1000;

    private readonly IDatabase _database = redis.GetDatabase();
    private readonly RegistryWriter _writes = new(redis.GetDatabase(), keys, KeyLifetimeMilliseconds);

    public bool IsConnected => redis.IsConnected;

    public async Task<string> ShareSecretAsync(string proposal)
    {
        await _database.StringSetAsync(keys.Secret, proposal, TimeSpan.FromMilliseconds(KeyLifetimeMilliseconds), When.NotExists);
        return (string?)await _database.StringGetAsync(keys.Secret) ?? proposal;
    }

    public async Task<RenewalResult> RenewAsync(ServerInfo server, TimeSpan lease, bool join)
    {
        var holder = server.EpochName;
        var answer = await _database.ScriptEvaluateAsync(
            RegistryScripts.Renew,
            [keys.Leases, keys.Servers, keys.Locations, keys.Accounts, keys.Connections(holder), keys.Facts(holder), keys.Secret],
            [
                holder, server.Id, (long)lease.TotalMilliseconds,
                JsonSerializer.SerializeToUtf8Bytes(server, ClusterJson.Default.ServerInfo), join ? "1" : "0", KeyLifetimeMilliseconds,
            ]);
        return (int)answer[0] == 0
            ? RenewalResult.Lost
            : new RenewalResult(
                true, (int)answer[2], ServerListReader.Read((long)answer[1], answer[3], answer[4]), (long)answer[1]);
    }

    public async Task LeaveAsync(string holder)
    {
        // Flush first: entries written after the lease has ended may come after the reaping, and no server would remove them.
        await _writes.FlushAsync(holder);
        await _database.ScriptEvaluateAsync(RegistryScripts.Leave, [keys.Leases], [holder]);
    }

    public async Task<ServerList> GetServersAsync()
    {
        var answer = await _database.ScriptEvaluateAsync(RegistryScripts.Servers, [keys.Leases, keys.Servers]);
        return ServerListReader.Read((long)answer[0], answer[1], answer[2]);
    }

    public Task<bool> RegisterAsync(string holder, IReadOnlyList<RegistryEntry> entries, int limit) => _writes.AddAsync(holder, entries, limit);

    public Task UnregisterAsync(string holder, IReadOnlyList<RegistryEntry> entries) => _writes.AddAsync(holder, entries, RegistryWrite.Remove);

    public async Task<int> ReapAsync(string holder) => (int)await _database.ScriptEvaluateAsync(
        RegistryScripts.Reap,
        [keys.Leases, keys.Servers, keys.Locations, keys.Accounts, keys.Connections(holder), keys.Facts(holder)],
        [holder, ReapBatch]);

    public async Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take)
    {
        // Accounts of servers that have just died are skipped, so a page may take more than one read.
        var accounts = new List<AccountInfo>();
        var from = after is not null && Utf8Order.Instance.Compare(after, prefix) >= 0 ? "(" + after : "[" + prefix;
        var to = EndOf(prefix);
        while (true)
        {
            var readCount = Math.Min(take - accounts.Count, ReadBatch);
            var answer = await _database.ScriptEvaluateAsync(
                RegistryScripts.Accounts, [keys.Leases, keys.Locations, keys.Accounts], [from, to, readCount]);
            for (var i = 2; i + 1 < answer.Length; i += 2)
            {
                accounts.Add(ReadAccount((string)answer[i]!, (string)answer[i + 1]!));
            }

            var last = (string)answer[0]!;
            if ((int)answer[1] < readCount)
            {
                return new AccountPage(accounts, null);
            }

            if (accounts.Count >= take)
            {
                return new AccountPage(accounts, last);
            }

            from = "(" + last;
        }
    }

    public async Task<AccountRange> GetAccountRangeAsync(string prefix, long offset, string? from, int take)
    {
        var answer = await _database.ScriptEvaluateAsync(
            RegistryScripts.Range, [keys.Leases, keys.Locations, keys.Accounts], [prefix, EndOf(prefix), from ?? "", offset, take]);
        var accounts = new List<AccountInfo>(take);
        for (var i = 2; i + 1 < answer.Length; i += 2)
        {
            accounts.Add(ReadAccount((string)answer[i]!, (string)answer[i + 1]!));
        }

        return new AccountRange(accounts, (long)answer[0], (long)answer[1]);
    }

    public async Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account, int take)
    {
        var connections = new List<ScalerConnectionInfo>();
        var (holder, id) = ("", "");
        while (true)
        {
            var readCount = Math.Min(take - connections.Count, ReadBatch);
            var answer = await _database.ScriptEvaluateAsync(
                RegistryScripts.Connections,
                [keys.Leases, keys.Locations],
                [account, keys.ConnectionsPrefix, keys.FactsPrefix, readCount, holder, id]);
            for (var i = 0; i + 2 < answer.Length; i += 3)
            {
                (holder, id) = ((string)answer[i]!, (string)answer[i + 1]!);
                connections.Add(ConnectionMetadata.Read(id, ServerEpochName.GetServerId(holder), (byte[]?)answer[i + 2]));
            }

            if (answer.Length < 3 * readCount || connections.Count >= take)
            {
                return connections;
            }
        }
    }

    public async Task<ClusterCounts> GetCountsAsync()
    {
        var answer = await _database.ScriptEvaluateAsync(RegistryScripts.Counts, [keys.Leases, keys.Locations], [keys.ConnectionsPrefix]);
        return new ClusterCounts((int)answer[0], (long)answer[1], (long)answer[2]);
    }

    public async Task<IReadOnlyList<RegistryEntry>> GetRegistrationsAsync(string holder, RegistryEntry? after, int take)
    {
        var from = after is { } entry ? $"({entry.Account}\u0001{entry.ConnectionId}" : "-";
        var members = (string?[]?)await _database.ScriptEvaluateAsync(RegistryScripts.Holdings, [keys.Connections(holder)], [from, take]) ?? [];
        return [.. members.Select(member => member!.Split('\u0001')).Select(parts => new RegistryEntry(parts[0], parts[1], default))];
    }

    private static RedisValue EndOf(string prefix) => prefix.Length == 0 ? "+" : LexBounds.GetPrefixUpperBound(prefix);

    private static AccountInfo ReadAccount(string name, string held)
    {
        var connections = 0;
        var servers = new List<string>();
        foreach (var range in held.AsSpan().Split(';'))
        {
            var part = held.AsSpan()[range];
            if (part.IndexOf('=') is var at and > 0)
            {
                servers.Add(ServerEpochName.GetServerId(part[..at].ToString()));
                connections += int.Parse(part[(at + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return new AccountInfo(name, connections, servers);
    }
}
