using StackExchange.Redis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Registers connections and removes them, in groups and in the order given (<see cref="GroupCommit{T}"/>): a registration that is
/// late, because Redis was, never comes after the removal of the same connection.
/// </summary>
internal sealed class RegistryWriter
{
    private const int Arguments = 4;

    private readonly IDatabase _database;
    private readonly RedisKeys _keys;
    private readonly long _keyLifetimeMilliseconds;
    private readonly GroupCommit<RegistryWrite> _writes;
    private (string Holder, RedisKey[] Keys) _of = ("", []);

    public RegistryWriter(IDatabase database, RedisKeys keys, long keyLifetimeMilliseconds)
    {
        (_database, _keys, _keyLifetimeMilliseconds) = (database, keys, keyLifetimeMilliseconds);
        _writes = new GroupCommit<RegistryWrite>(CommitAsync, static (former, next) => former.Holder == next.Holder);
    }

    /// <summary>Registers or removes connections.</summary>
    /// <returns>Whether none was refused.</returns>
    public Task<bool> AddAsync(string holder, IReadOnlyList<RegistryEntry> entries, int limit)
    {
        var all = entries as RegistryEntry[] ?? [.. entries];
        return all.Length <= GroupCommit<RegistryWrite>.MostEntries ? AddAsync(new RegistryWrite(holder, all, limit)) : AddManyAsync(holder, all, limit);
    }

    /// <summary>Waits until what was added before is written.</summary>
    public Task FlushAsync(string holder) => AddAsync(new RegistryWrite(holder, ArraySegment<RegistryEntry>.Empty, 0));

    private async Task<bool> AddManyAsync(string holder, RegistryEntry[] entries, int limit)
    {
        const int Most = GroupCommit<RegistryWrite>.MostEntries;
        var writes = new List<Task<bool>>((entries.Length + Most - 1) / Most);
        for (var i = 0; i < entries.Length; i += Most)
        {
            writes.Add(AddAsync(new RegistryWrite(holder, new ArraySegment<RegistryEntry>(entries, i, Math.Min(Most, entries.Length - i)), limit)));
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
            count += write.Entries;
        }

        var refused = count == 0 ? [] : await WriteAsync(writes, count);
        var (first, next) = (1, 0);
        foreach (var write in writes)
        {
            var end = first + write.Entries;
            var isRefused = next < refused.Length && refused[next] < end;
            while (next < refused.Length && refused[next] < end)
            {
                next++;
            }

            write.TrySetResult(!isRefused);
            first = end;
        }
    }

    /// <returns>The positions of those that were refused, counted from 1 and ascending.</returns>
    private async Task<int[]> WriteAsync(List<RegistryWrite> writes, int count)
    {
        var holder = writes[0].Holder;
        var values = new RedisValue[2 + (Arguments * count)];
        (values[0], values[1]) = (holder, _keyLifetimeMilliseconds);
        var at = 2;
        foreach (var write in writes)
        {
            foreach (var connection in write.Connections)
            {
                values[at++] = write.Limit;
                values[at++] = connection.Account;
                values[at++] = connection.ConnectionId;
                values[at++] = connection.Facts;
            }
        }

        return (int[]?)await _database.ScriptEvaluateAsync(RedisScript.Registrations, KeysOf(holder), values) ?? [];
    }

    // Of the holder that is written for nearly always, made once. Calls are made by one thread at a time.
    private RedisKey[] KeysOf(string holder)
    {
        if (_of.Holder != holder)
        {
            _of = (holder, [_keys.Leases, _keys.Where, _keys.Accounts, _keys.Connections(holder), _keys.Facts(holder)]);
        }

        return _of.Keys;
    }
}
