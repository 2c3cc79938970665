using StackExchange.Redis;

namespace Scaler.Cluster;

/// <summary>Writing connections: when they come and go, and again where that did not succeed.</summary>
internal sealed partial class Membership
{
    /// <summary>Registers a new connection.</summary>
    public async ValueTask<RegisterOutcome> RegisterAsync(ScalerConnection connection)
    {
        if (_lease is not { } lease || !_link.Registry.IsConnected)
        {
            _stale[connection] = true;
            return RegisterOutcome.Failed;
        }

        Interlocked.Increment(ref _pending);
        try
        {
            var registered = await _link.Registry
                .RegisterAsync(lease.Holder, [connection.ToEntry()], _link.Options.MaxConnectionsPerAccount)
                .WaitAsync(_options.RegistrationTimeout, _time);
            return registered ? RegisterOutcome.Registered : RegisterOutcome.TooMany;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            _stale[connection] = true;
            return RegisterOutcome.Failed;
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <summary>Removes a connection that has ended.</summary>
    /// <returns>Whether it is removed. If not, a later turn tries again.</returns>
    public async ValueTask<bool> UnregisterAsync(ScalerConnection connection)
    {
        if (_lease is not { } lease)
        {
            // Nothing of it is in the registry.
            _stale.TryRemove(connection, out _);
            return true;
        }

        Interlocked.Increment(ref _pending);
        try
        {
            if (_link.Registry.IsConnected)
            {
                await _link.Registry.UnregisterAsync(lease.Holder, [connection.ToName()]).WaitAsync(_options.SendTimeout, _time);
                _stale.TryRemove(connection, out _);
                return true;
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }

        _stale[connection] = true;
        return false;
    }

    /// <summary>Has a connection written again by the next turn, for a fact of it has changed.</summary>
    public void Changed(ScalerConnection connection) => _stale[connection] = true;

    /// <summary>
    /// Writes what could not be written when it happened. A connection that ends while it is being registered is written once
    /// more, as ended: its own removal may have come before.
    /// </summary>
    private async Task WriteStaleAsync()
    {
        if (_lease is not { } lease)
        {
            return;
        }

        foreach (var batch in _stale.Keys.Chunk(Batch))
        {
            foreach (var connection in batch)
            {
                _stale.TryRemove(connection, out _);
            }

            try
            {
                await WriteAsync(lease.Holder, batch);
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

    private async Task WriteAsync(string holder, ScalerConnection[] connections)
    {
        var open = connections.Where(c => !c.Ended).ToArray();
        if (open.Length > 0)
        {
            await _link.Registry.RegisterAsync(holder, [.. open.Select(c => c.ToEntry())]).WaitAsync(_options.LeaseDuration, _time);
        }

        var ended = connections.Where(c => c.Ended).ToArray();
        if (ended.Length > 0)
        {
            await _link.Registry.UnregisterAsync(holder, [.. ended.Select(c => c.ToName())]).WaitAsync(_options.LeaseDuration, _time);
        }
    }
}
