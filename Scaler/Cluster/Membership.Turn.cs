using StackExchange.Redis;

namespace Scaler.Cluster;

/// <summary>What happens at each renewal.</summary>
internal sealed partial class Membership
{
    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_options.LeaseRenewal, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await TurnAsync();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task TurnAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await RunTurnAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task RunTurnAsync()
    {
        Volatile.Write(ref _turnBegan, _time.GetTimestamp());
        try
        {
            if (_link.Registry.IsConnected)
            {
                await RenewAsync();
                await WriteStaleAsync();
                await ReapAsync();
                await RepairBusAsync();
                Probe.Turn();
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Log.TurnFailed(_logger, exception.Message);
        }
#pragma warning disable CA1031 // The loop must go on whatever one turn met: without it the server drops out of the cluster for good.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.TurnBroke(_logger, exception);
        }
        finally
        {
            Volatile.Write(ref _lastTurn, _time.GetTimestamp());
        }
    }

    private async Task RenewAsync()
    {
        if (!_secretAgreed)
        {
            await _link.AgreeOnSecretAsync().WaitAsync(_options.LeaseDuration, _time);
            _secretAgreed = true;
        }

        if (_lease is { } held)
        {
            var answer = await RenewAsync(held.Epoch, join: false);
            if (answer.Held)
            {
                await CompareAsync(answer.Registered);
                return;
            }

            Log.LeaseLost(_logger, held.Holder);
            await _link.AgreeOnSecretAsync().WaitAsync(_options.LeaseDuration, _time);
        }

        await StartEpochAsync();
    }

    /// <summary>
    /// Takes a lease under a new epoch and registers everything. The lease comes first: each batch is visible as soon as it is
    /// written. The listening comes before both: what can be found can be reached.
    /// </summary>
    private async Task StartEpochAsync()
    {
        var started = _time.GetTimestamp();
        var epoch = Math.Max(_time.GetUtcNow().ToUnixTimeMilliseconds(), (_lease?.Epoch ?? 0) + 1);
        var holder = HolderName.Of(ServerId, epoch);
        var listening = await _link.Bus.ListenAsync(holder, _link.Receive).WaitAsync(_options.LeaseDuration, _time);
        var former = _listening;
        _listening = listening;
        _link.Holder = holder;
        await RenewAsync(epoch, join: true);
        if (former is not null)
        {
            await former.DisposeAsync();
        }

        var count = 0;
        foreach (var batch in _local.All().Chunk(Batch))
        {
            await WriteAsync(holder, batch);
            count += batch.Length;
        }

        _mismatches = 0;
        Log.Joined(_logger, holder, count, (long)_time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>
    /// Compares how many connections the registry has with how many there are. While connections come and go the two differ
    /// for a moment; if they stay apart, something was lost that nobody noticed, and everything is registered anew.
    /// </summary>
    private async Task CompareAsync(int registered)
    {
        var quiet = Volatile.Read(ref _pending) == 0 && _stale.IsEmpty;
        _mismatches = registered == _local.Connections || !quiet ? 0 : _mismatches + 1;
        if (_mismatches >= MismatchesTolerated)
        {
            Log.Mismatch(_logger, registered, _local.Connections);
            await StartEpochAsync();
        }
    }

    private async Task ReapAsync()
    {
        foreach (var dead in Servers.Servers.Where(s => s.State == ServerState.Dead))
        {
            var started = _time.GetTimestamp();
            int left;
            do
            {
                left = await _link.Registry.ReapAsync(dead.Holder).WaitAsync(_options.LeaseDuration, _time);
            }
            while (left > 0 && _time.GetElapsedTime(started) < _options.LeaseRenewal);
            if (left == 0)
            {
                _link.Metrics.Reaped();
                Log.Reaped(_logger, dead.Holder);
            }
        }
    }

    /// <summary>Listens over a new connection where probes have stopped to come back.</summary>
    private async Task RepairBusAsync()
    {
        if (!Probe.NeedsRepair || _lease is not { } lease)
        {
            return;
        }

        Log.BusDead(_logger, lease.Holder);
        var listening = await _link.Bus.ListenAsync(lease.Holder, _link.Receive, anew: true).WaitAsync(_options.LeaseDuration, _time);
        var former = _listening;
        _listening = listening;
        Probe.Restart();
        if (former is not null)
        {
            await former.DisposeAsync();
        }
    }
}
