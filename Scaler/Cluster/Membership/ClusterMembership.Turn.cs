using StackExchange.Redis;

namespace Scaler.Cluster.Membership;

// The renewal cycle.
internal sealed partial class ClusterMembership
{
    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_options.LeaseRenewal, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await RunCycleAsync();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RunCycleAsync()
    {
        await _cycleLock.WaitAsync();
        try
        {
            await RunCycleCoreAsync();
        }
        finally
        {
            _cycleLock.Release();
        }
    }

    private async Task RunCycleCoreAsync()
    {
        Volatile.Write(ref _cycleStartedAt, _time.GetTimestamp());
        try
        {
            if (_node.Registry.IsConnected)
            {
                await RenewAsync();
                await WriteStaleAsync();
                await ReapAsync();
                await RepairBusAsync();
                _node.SendProbe();
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Log.TurnFailed(_logger, exception.Message);
        }
#pragma warning disable CA1031 // The loop must survive any exception; without renewals the server leaves the cluster for good.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.TurnBroke(_logger, exception);
        }
        finally
        {
            Volatile.Write(ref _lastCycleAt, _time.GetTimestamp());
        }
    }

    private async Task RenewAsync()
    {
        if (!_secretAgreed)
        {
            await _node.AgreeOnSecretAsync().WaitAsync(_options.LeaseDuration, _time);
            _secretAgreed = true;
        }

        if (_lease is { } held)
        {
            var answer = await RenewAsync(held.Epoch, join: false);
            if (answer.IsHeld)
            {
                await CompareAsync(answer.RegisteredConnections);
                return;
            }

            Log.LeaseLost(_logger, held.EpochName);
            await _node.AgreeOnSecretAsync().WaitAsync(_options.LeaseDuration, _time);
        }

        await StartEpochAsync();
    }

    /// <summary>
    /// Acquires a lease under a new epoch and registers all connections. The lease is acquired before the registrations, so that
    /// each batch is visible as soon as it is written. The subscription precedes both, so that a registered connection is always
    /// reachable.
    /// </summary>
    private async Task StartEpochAsync()
    {
        var started = _time.GetTimestamp();
        var epoch = Math.Max(_time.GetUtcNow().ToUnixTimeMilliseconds(), (_lease?.Epoch ?? 0) + 1);
        var holder = ServerEpochName.Format(ServerId, epoch);
        var subscription = await _node.Bus.SubscribeAsync(holder, _node.Receive).WaitAsync(_options.LeaseDuration, _time);
        var previous = _subscription;
        _subscription = subscription;
        _node.BeginEpoch(holder);
        await RenewAsync(epoch, join: true);
        if (previous is not null)
        {
            await previous.DisposeAsync();
        }

        var count = 0;
        foreach (var batch in _local.GetConnections().Chunk(BatchSize))
        {
            await WriteAsync(holder, batch);
            count += batch.Length;
        }

        _mismatches = 0;
        Log.Joined(_logger, holder, count, (long)_time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>
    /// Compares the number of registered connections with the actual number. The numbers differ briefly while connections open
    /// and close. If they differ in five consecutive cycles, entries were lost unnoticed, and all connections are registered
    /// again.
    /// </summary>
    private async Task CompareAsync(int registered)
    {
        var isQuiet = Volatile.Read(ref _pendingWrites) == 0 && _stale.IsEmpty;
        _mismatches = registered == _local.ConnectionCount || !isQuiet ? 0 : _mismatches + 1;
        if (_mismatches >= MismatchThreshold)
        {
            Log.Mismatch(_logger, registered, _local.ConnectionCount);
            await StartEpochAsync();
        }
    }

    private async Task ReapAsync()
    {
        foreach (var dead in Servers.Servers.Where(s => s.State == ServerState.Dead))
        {
            var started = _time.GetTimestamp();
            int remaining;
            do
            {
                remaining = await _node.Registry.ReapAsync(dead.EpochName).WaitAsync(_options.LeaseDuration, _time);
            }
            while (remaining > 0 && _time.GetElapsedTime(started) < _options.LeaseRenewal);
            if (remaining == 0)
            {
                _node.Metrics.ServerReaped();
                Log.Reaped(_logger, dead.EpochName);
            }
        }
    }

    /// <summary>Subscribes over a new connection if probes have stopped returning.</summary>
    private async Task RepairBusAsync()
    {
        if (!Probe.NeedsRepair || _lease is not { } lease)
        {
            return;
        }

        Log.BusDead(_logger, lease.EpochName);
        var subscription = await _node.Bus.SubscribeAsync(lease.EpochName, _node.Receive, anew: true)
            .WaitAsync(_options.LeaseDuration, _time);
        var previous = _subscription;
        _subscription = subscription;
        Probe.Reset();
        if (previous is not null)
        {
            await previous.DisposeAsync();
        }
    }
}
