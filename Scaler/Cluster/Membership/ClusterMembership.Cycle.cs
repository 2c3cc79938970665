using Scaler.Cluster.Abstractions;

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
                await Registrar.WriteStaleAsync();
                await ReapAsync();
                await RepairBusAsync();
                _node.SendProbe();
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.CycleFailed(_logger, exception.Message);
        }
#pragma warning disable CA1031 // The loop must survive any exception; without renewals the server leaves the cluster for good.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CycleBroke(_logger, exception);
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

        if (_lease.Current is { } held)
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

    private async Task<RenewalResult> RenewAsync(long epoch, bool join)
    {
        var server = _snapshot.Take(epoch);
        var requestedAt = _time.GetTimestamp();
        var answer = await _node.Servers.RenewAsync(server, _options.LeaseDuration, join)
            .WaitAsync(_options.LeaseDuration, _time);
        if (answer.IsHeld)
        {
            _lease.Renew(server);

            // The previous lease may have been lost because Redis, and its clock, was replaced.
            _node.Clock.Update(requestedAt, answer.ClockMicroseconds, replace: join);
            Servers.Update(answer.Servers);
        }

        return answer;
    }

    /// <summary>
    /// Acquires a lease under a new epoch and registers all connections. The lease is acquired before the registrations, so that
    /// each batch is visible as soon as it is written. The subscription precedes both, so that a registered connection is always
    /// reachable.
    /// </summary>
    private async Task StartEpochAsync()
    {
        var started = _time.GetTimestamp();
        var epoch = Math.Max(_time.GetUtcNow().ToUnixTimeMilliseconds(), (_lease.Current?.Epoch ?? 0) + 1);
        var holder = ServerEpochName.Format(ServerId, epoch);
        await _subscription.StartAsync(holder);
        _node.BeginEpoch(holder);
        await RenewAsync(epoch, join: true);
        await _subscription.EndPreviousAsync();
        var count = await Registrar.WriteAllAsync(holder, _local.GetConnections());
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
        _mismatches = registered == _local.ConnectionCount || !Registrar.IsQuiet ? 0 : _mismatches + 1;
        if (_mismatches >= MismatchThreshold)
        {
            Log.Mismatch(_logger, registered, _local.ConnectionCount);
            await StartEpochAsync();
        }
    }

    private async Task ReapAsync()
    {
        foreach (var dead in Servers.Expired)
        {
            var started = _time.GetTimestamp();
            int remaining;
            do
            {
                remaining = await _node.Registry.ReapAsync(dead).WaitAsync(_options.LeaseDuration, _time);
            }
            while (remaining > 0 && _time.GetElapsedTime(started) < _options.LeaseRenewal);
            if (remaining == 0)
            {
                _node.Metrics.ServerReaped();
                Log.Reaped(_logger, dead);
            }
        }
    }

    /// <summary>Subscribes over a new connection if probes have stopped returning.</summary>
    private async Task RepairBusAsync()
    {
        if (!Probe.NeedsRepair || _lease.Current is not { } lease)
        {
            return;
        }

        Log.BusDead(_logger, lease.EpochName);
        await _subscription.StartAsync(lease.EpochName, reconnect: true);
        Probe.Reset();
        await _subscription.EndPreviousAsync();
    }
}
