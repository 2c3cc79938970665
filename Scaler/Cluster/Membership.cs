using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Scaler.Cluster;

/// <summary>
/// This server's part in the cluster: it holds the lease, registers connections, and makes the registry true again after
/// whatever went wrong. What could not be written is remembered (<c>_stale</c>) and written by a later turn; a lease that was
/// lost means that everything is registered anew, under a new epoch.
/// </summary>
internal sealed partial class Membership : IAsyncDisposable
{
    private const int Batch = 250;
    private const int MismatchesTolerated = 5;
    private static readonly TimeSpan RefreshGap = TimeSpan.FromMilliseconds(200);
    private static readonly string? LibraryVersion =
        typeof(Membership).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private readonly ClusterLink _link;
    private readonly LocalAccounts _local;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ScalerClusterOptions _options;
    private readonly ConcurrentDictionary<ScalerConnection, bool> _stale = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly DateTimeOffset _startedAt;

    private Task _loop = Task.CompletedTask;
    private IAsyncDisposable? _listening;
    private ServerInfo? _lease;
    private bool _secretAgreed;
    private bool _disposed;
    private int _mismatches;
    private int _pending;
    private long _lastTurn;
    private long _lastSuccess;

    public Membership(ClusterLink link, LocalAccounts local, ILogger logger)
    {
        (_link, _local, _logger, _time, _options) = (link, local, logger, link.Time, link.Options.Cluster);
        ServerId = _options.ServerId ?? Guid.NewGuid().ToString("N")[..10];
        Servers = new ServerTable(_time);
        _startedAt = _time.GetUtcNow();
        Probe = new BusProbe(link);
    }

    public string ServerId { get; }

    public ServerTable Servers { get; }

    public BusProbe Probe { get; }

    /// <summary>The URL at which others reach this server; null while it is not listening.</summary>
    public string? Url { get; set; }

    public ServerState State { get; set; }

    /// <summary>Whether the lease is held, as far as this server can know.</summary>
    public bool HoldsLease => _lease is not null && _time.GetElapsedTime(Volatile.Read(ref _lastSuccess)) < _options.LeaseDuration;

    /// <summary>Counts the bytes that wait in all queues; asked once per renewal.</summary>
    public Func<(long QueuedBytes, int WebSockets)> Measure { get; set; } = () => default;

    /// <summary>Joins the cluster, as far as Redis answers in time, and goes on renewing until <see cref="LeaveAsync"/>.</summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TurnAsync().WaitAsync(_options.SendTimeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The turn goes on by itself.
        }

        _loop = LoopAsync();
    }

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
                await _link.Registry.UnregisterAsync(lease.Holder, [connection.ToEntry()]).WaitAsync(_options.SendTimeout, _time);
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
    /// Learns anew which servers there are, because a genuine session id names one that is not known: it may have started
    /// since the last renewal. Callers share a turn, and turns keep a distance, so that this cannot be made a load on Redis.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref _lastTurn) < asked && _time.GetElapsedTime(Volatile.Read(ref _lastTurn)) > RefreshGap)
            {
                await RunTurnAsync();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Renews now, so that others learn at once what has changed here.</summary>
    public Task AnnounceAsync() => TurnAsync();

    /// <summary>Gives the lease back: this server's connections are in no read any more. Removing the entries is done here as far as time allows, else by the others.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop;
        if (_lease is { } lease && _link.Registry.IsConnected)
        {
            try
            {
                await _link.Registry.LeaveAsync(lease.Holder).WaitAsync(cancellationToken);
                while (await _link.Registry.ReapAsync(lease.Holder).WaitAsync(cancellationToken) > 0)
                {
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
            {
                Log.LeftBehind(_logger, lease.Holder, exception.Message);
            }
        }

        if (_listening is not null)
        {
            await _listening.DisposeAsync();
        }

        _lease = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            await _stopping.CancelAsync();
            await _loop;
            _stopping.Dispose();
        }
    }

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

    private async Task<LeaseAnswer> RenewAsync(long epoch, bool join)
    {
        var info = Describe(epoch);
        var answer = await _link.Registry.RenewAsync(info, _options.LeaseDuration, join).WaitAsync(_options.LeaseDuration, _time);
        if (answer.Held)
        {
            _lease = info;
            Servers.Update(answer.Servers);
            Volatile.Write(ref _lastSuccess, _time.GetTimestamp());
        }

        return answer;
    }

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
            await _link.Registry.UnregisterAsync(holder, [.. ended.Select(c => c.ToEntry())]).WaitAsync(_options.LeaseDuration, _time);
        }
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

    private ServerInfo Describe(long epoch)
    {
        var (queued, webSockets) = Measure();
        return new ServerInfo
        {
            Id = ServerId,
            Epoch = epoch,
            Url = Url,
            State = State,
            Version = LibraryVersion,
            StartedAt = _startedAt,
            Connections = _local.Connections,
            WebSockets = webSockets,
            Accounts = _local.Count,
            Received = _link.Metrics.Received,
            Sent = _link.Metrics.Delivered,
            Errors = _link.Metrics.Errors,
            QueuedBytes = queued,
            MemoryBytes = Environment.WorkingSet,
            BusMilliseconds = Probe.LastMilliseconds,
        };
    }
}
