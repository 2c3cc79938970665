using Scaler.Cluster.Abstractions;
using StackExchange.Redis;

namespace Scaler.Cluster.Redis.Registry;

/// <summary>
/// Registers and removes connections in batches and in call order (<see cref="PublishBatcher{T}"/>). A registration that is delayed
/// by a slow Redis therefore never follows the removal of the same connection.
/// </summary>
internal sealed class RegistryWriter
{
    private const int ArgumentsPerConnection = 4;

    private readonly IDatabase _database;
    private readonly RedisKeys _keys;
    private readonly long _keyLifetimeMilliseconds;
    private readonly PublishBatcher<RegistryWrite> _writes;
    private (string Holder, RedisKey[] Keys) _cachedKeys = ("", []);

    public RegistryWriter(IDatabase database, RedisKeys keys, long keyLifetimeMilliseconds)
    {
        (_database, _keys, _keyLifetimeMilliseconds) = (database, keys, keyLifetimeMilliseconds);
        _writes = new PublishBatcher<RegistryWrite>(CommitAsync, static (previous, next) => previous.Holder == next.Holder);
    }

    /// <summary>Registers or removes connections.</summary>
    /// <returns><see langword="true"/> if no connection was rejected by the limit; otherwise, <see langword="false"/>.</returns>
    public Task<bool> AddAsync(string holder, IReadOnlyList<RegistryEntry> entries, int limit)
    {
        var entryArray = entries as RegistryEntry[] ?? [.. entries];
        return entryArray.Length <= PublishBatcher<RegistryWrite>.MaxEntries
            ? AddAsync(new RegistryWrite(holder, entryArray, limit))
            : AddManyAsync(holder, entryArray, limit);
    }

    /// <summary>Waits until all earlier writes are completed.</summary>
    public Task FlushAsync(string holder) => AddAsync(new RegistryWrite(holder, ArraySegment<RegistryEntry>.Empty, 0));

    private async Task<bool> AddManyAsync(string holder, RegistryEntry[] entries, int limit)
    {
        const int MaxEntries = PublishBatcher<RegistryWrite>.MaxEntries;
        var writes = new List<Task<bool>>((entries.Length + MaxEntries - 1) / MaxEntries);
        for (var i = 0; i < entries.Length; i += MaxEntries)
        {
            writes.Add(AddAsync(new RegistryWrite(
                holder, new ArraySegment<RegistryEntry>(entries, i, Math.Min(MaxEntries, entries.Length - i)), limit)));
        }

        return !(await Task.WhenAll(writes)).Contains(false);
    }

    private Task<bool> AddAsync(RegistryWrite write)
    {
        _writes.Add(write);
        return write.Task;
    }

    private async Task CommitAsync(List<RegistryWrite> writes)
    {
        var count = 0;
        foreach (var write in writes)
        {
            count += write.OperationCount;
        }

        var rejected = count == 0 ? [] : await WriteAsync(writes, count);
        var (first, next) = (1, 0);
        foreach (var write in writes)
        {
            var end = first + write.OperationCount;
            var isRejected = next < rejected.Length && rejected[next] < end;
            while (next < rejected.Length && rejected[next] < end)
            {
                next++;
            }

            write.TrySetResult(!isRejected);
            first = end;
        }
    }

    /// <returns>The one-based positions of the rejected connections, in ascending order.</returns>
    private async Task<int[]> WriteAsync(List<RegistryWrite> writes, int count)
    {
        var holder = writes[0].Holder;
        var values = new RedisValue[2 + (ArgumentsPerConnection * count)];
        (values[0], values[1]) = (holder, _keyLifetimeMilliseconds);
        var index = 2;
        foreach (var write in writes)
        {
            foreach (var connection in write.Connections)
            {
                values[index++] = write.Limit;
                values[index++] = connection.Account;
                values[index++] = connection.ConnectionId;
                values[index++] = connection.Metadata;
            }
        }

        return (int[]?)await _database.ScriptEvaluateAsync(RegistryScripts.Registrations, KeysOf(holder), values) ?? [];
    }

    // Caches the keys of the last server epoch, which nearly all calls are for. Only one thread makes calls at a time.
    private RedisKey[] KeysOf(string holder)
    {
        if (_cachedKeys.Holder != holder)
        {
            _cachedKeys = (holder, [_keys.Leases, _keys.Locations, _keys.Accounts, _keys.Connections(holder), _keys.Facts(holder)]);
        }

        return _cachedKeys.Keys;
    }
}
