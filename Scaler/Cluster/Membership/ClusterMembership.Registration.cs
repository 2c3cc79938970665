using StackExchange.Redis;

namespace Scaler.Cluster.Membership;

// Registers and removes connections, and retries failed writes.
internal sealed partial class ClusterMembership
{
    /// <summary>
    /// Registers a new connection. If Redis does not answer in time, a later renewal cycle registers the connection.
    /// </summary>
    public async ValueTask<RegisterOutcome> RegisterAsync(IRegisteredConnection connection)
    {
        if (_lease is not { } lease || !_node.Registry.IsConnected)
        {
            _stale[connection] = true;
            return RegisterOutcome.Failed;
        }

        Interlocked.Increment(ref _pendingWrites);
        try
        {
            var registered = await _node.Registry
                .RegisterAsync(lease.EpochName, [connection.ToRegistryEntry()], _node.Options.MaxConnectionsPerAccount)
                .WaitAsync(_options.RegistrationTimeout, _time);
            return registered ? RegisterOutcome.Registered : RegisterOutcome.LimitReached;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
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
        if (_lease is not { } lease)
        {
            // Without a lease, the registry has no entry of the connection.
            _stale.TryRemove(connection, out _);
            return true;
        }

        Interlocked.Increment(ref _pendingWrites);
        try
        {
            if (_node.Registry.IsConnected)
            {
                await _node.Registry.UnregisterAsync(lease.EpochName, [connection.ToRegistryKey()]).WaitAsync(_options.SendTimeout, _time);
                _stale.TryRemove(connection, out _);
                return true;
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
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
    private async Task WriteStaleAsync()
    {
        if (_lease is not { } lease)
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
                await WriteAsync(lease.EpochName, batch);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                foreach (var connection in batch)
                {
                    _stale[connection] = true;
                }

                throw;
            }
        }
    }

    private async Task WriteAsync(string holder, IRegisteredConnection[] connections)
    {
        var open = connections.Where(c => !c.HasEnded).ToArray();
        if (open.Length > 0)
        {
            await _node.Registry.RegisterAsync(holder, [.. open.Select(c => c.ToRegistryEntry())]).WaitAsync(_options.LeaseDuration, _time);
        }

        var ended = connections.Where(c => c.HasEnded).ToArray();
        if (ended.Length > 0)
        {
            await _node.Registry.UnregisterAsync(holder, [.. ended.Select(c => c.ToRegistryKey())]).WaitAsync(_options.LeaseDuration, _time);
        }
    }
}
