using System.Collections.Concurrent;
using ClusterNode = Scaler.Cluster.Node.ClusterNode;

namespace Scaler.Cluster.Membership;

/// <summary>
/// Writes this server's connections to the registry. Writes that failed are kept in <c>_stale</c>, and a later renewal cycle
/// repeats them.
/// </summary>
internal sealed class ConnectionRegistrar(ClusterNode node, ServerLease lease)
{
    private const int BatchSize = 250;

    private readonly ScalerClusterOptions _options = node.Options.Cluster;
    private readonly ConcurrentDictionary<IRegisteredConnection, bool> _stale = new();
    private int _pendingWrites;

    /// <summary>Gets a value indicating whether no write is in progress or waits for a renewal cycle.</summary>
    public bool IsQuiet => Volatile.Read(ref _pendingWrites) == 0 && _stale.IsEmpty;

    /// <summary>
    /// Registers a new connection. If Redis does not answer in time, a later renewal cycle registers the connection.
    /// </summary>
    public async ValueTask<RegisterOutcome> RegisterAsync(IRegisteredConnection connection)
    {
        if (lease.Current is not { } held || !node.Registry.IsConnected)
        {
            _stale[connection] = true;
            return RegisterOutcome.Failed;
        }

        Interlocked.Increment(ref _pendingWrites);
        try
        {
            var registered = await node.Registry
                .RegisterAsync(held.EpochName, [connection.ToRegistryEntry()], node.Options.MaxConnectionsPerAccount)
                .WaitAsync(_options.RegistrationTimeout, node.Time);
            return registered ? RegisterOutcome.Registered : RegisterOutcome.LimitReached;
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            _stale[connection] = true;
            return RegisterOutcome.Failed;
        }
        finally
        {
            Interlocked.Decrement(ref _pendingWrites);
        }
    }

    /// <summary>Removes a connection that has ended.</summary>
    /// <returns>
    /// <see langword="true"/> if the connection was removed; <see langword="false"/> if a later renewal cycle retries the
    /// removal.
    /// </returns>
    public async ValueTask<bool> UnregisterAsync(IRegisteredConnection connection)
    {
        if (lease.Current is not { } held)
        {
            // Without a lease, the registry has no entry of the connection.
            _stale.TryRemove(connection, out _);
            return true;
        }

        Interlocked.Increment(ref _pendingWrites);
        try
        {
            if (node.Registry.IsConnected)
            {
                await node.Registry.UnregisterAsync(held.EpochName, [connection.ToRegistryKey()]).WaitAsync(_options.SendTimeout, node.Time);
                _stale.TryRemove(connection, out _);
                return true;
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception) || exception is ObjectDisposedException)
        {
        }
        finally
        {
            Interlocked.Decrement(ref _pendingWrites);
        }

        _stale[connection] = true;
        return false;
    }

    /// <summary>Marks a connection whose metadata has changed. The next renewal cycle writes it again.</summary>
    public void MarkStale(IRegisteredConnection connection) => _stale[connection] = true;

    /// <summary>
    /// Writes the changes that could not be written when they happened. A connection can end while it is being registered. It is
    /// then removed here, because its own removal may have been processed before the registration.
    /// </summary>
    public async Task WriteStaleAsync()
    {
        if (lease.Current is not { } held)
        {
            return;
        }

        foreach (var batch in _stale.Keys.Chunk(BatchSize))
        {
            foreach (var connection in batch)
            {
                _stale.TryRemove(connection, out _);
            }

            try
            {
                await WriteAsync(held.EpochName, batch);
            }
            catch (Exception exception) when (RedisFailure.Is(exception))
            {
                foreach (var connection in batch)
                {
                    _stale[connection] = true;
                }

                throw;
            }
        }
    }

    /// <summary>Registers connections under a new server epoch.</summary>
    /// <returns>The number of connections.</returns>
    public async Task<int> WriteAllAsync(string epochName, IEnumerable<IRegisteredConnection> connections)
    {
        var count = 0;
        foreach (var batch in connections.Chunk(BatchSize))
        {
            await WriteAsync(epochName, batch);
            count += batch.Length;
        }

        return count;
    }

    private async Task WriteAsync(string epochName, IRegisteredConnection[] connections)
    {
        var open = connections.Where(c => !c.HasEnded).ToArray();
        if (open.Length > 0)
        {
            await node.Registry.RegisterAsync(epochName, [.. open.Select(c => c.ToRegistryEntry())]).WaitAsync(_options.LeaseDuration, node.Time);
        }

        var ended = connections.Where(c => c.HasEnded).ToArray();
        if (ended.Length > 0)
        {
            await node.Registry.UnregisterAsync(epochName, [.. ended.Select(c => c.ToRegistryKey())]).WaitAsync(_options.LeaseDuration, node.Time);
        }
    }
}
