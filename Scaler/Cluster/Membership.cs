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
    private long _turnBegan;
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

    /// <summary>
    /// Learns anew which servers there are, because a genuine session id names one that is not known: it may have started
    /// since the last renewal. Callers share a turn, and turns keep a distance, which who asks waits for, so that this cannot be made a
    /// load on Redis.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        var rest = RefreshGap - _time.GetElapsedTime(Volatile.Read(ref _lastTurn));
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, _time, cancellationToken);
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            // A turn that had begun by then may have been told too early.
            if (Volatile.Read(ref _turnBegan) < asked)
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

        // First of all: no client is left that anything could be for, and who remembers that accounts are here goes by who listens, not by
        // the lease.
        if (_listening is not null)
        {
            await _listening.DisposeAsync();
        }

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

    private async Task<LeaseAnswer> RenewAsync(long epoch, bool join)
    {
        var info = Describe(epoch);
        var asked = _time.GetTimestamp();
        var answer = await _link.Registry.RenewAsync(info, _options.LeaseDuration, join).WaitAsync(_options.LeaseDuration, _time);
        if (answer.Held)
        {
            _lease = info;
            if (join)
            {
                // Whatever ended the last lease may have been a change of Redis, and of its clock.
                _link.Clock.Forget();
            }

            _link.Clock.Learn(asked, answer.ClockMicroseconds);
            Servers.Update(answer.Servers);
            Volatile.Write(ref _lastSuccess, _time.GetTimestamp());
        }

        return answer;
    }

    private ServerInfo Describe(long epoch)
    {
        var (queued, webSockets) = Measure();
        var deliveries = _link.Metrics.Deliveries.Sum();
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
            Deliveries = deliveries.Count,
            DeliveryMedianMilliseconds = deliveries.Count > 0 ? deliveries.MedianMilliseconds : null,
            DeliveryP99Milliseconds = deliveries.Count > 0 ? deliveries.P99Milliseconds : null,
            Telemetry = TelemetryName.Current,
        };
    }
}
