using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Node;
using StackExchange.Redis;
using ClusterNode = Scaler.Cluster.Node.ClusterNode;

namespace Scaler.Cluster.Membership;

/// <summary>
/// Maintains this server's membership in the cluster. It holds the lease, registers connections, and repairs the registry after
/// failures. Connections that could not be written are kept in <c>_stale</c>, and a later renewal cycle writes them. If the lease
/// is lost, all connections are registered again under a new epoch.
/// </summary>
internal sealed partial class ClusterMembership : IAsyncDisposable
{
    private const int BatchSize = 250;
    private const int MismatchThreshold = 5;
    private static readonly TimeSpan MinRefreshInterval = TimeSpan.FromMilliseconds(200);
    private static readonly string? LibraryVersion =
        typeof(ClusterMembership).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private readonly ClusterNode _node;
    private readonly ILocalConnections _local;
    private readonly DrainState _drain;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ScalerClusterOptions _options;
    private readonly ConcurrentDictionary<IRegisteredConnection, bool> _stale = new();
    private readonly SemaphoreSlim _cycleLock = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly DateTimeOffset _startedAt;

    private Task _loop = Task.CompletedTask;
    private volatile string? _url;
    private IAsyncDisposable? _subscription;
    private ServerInfo? _lease;
    private bool _secretAgreed;
    private bool _disposed;
    private int _mismatches;
    private int _pendingWrites;
    private long _cycleStartedAt;
    private long _lastCycleAt;
    private long _lastSuccessAt;

    public ClusterMembership(ClusterNode node, ILocalConnections local, DrainState drain, ILogger logger)
    {
        (_node, _local, _drain, _logger, _time, _options) = (node, local, drain, logger, node.Time, node.Options.Cluster);
        ServerId = _options.ServerId ?? Guid.NewGuid().ToString("N")[..10];
        Servers = new ServerCache(_time);
        _startedAt = _time.GetUtcNow();
    }

    public string ServerId { get; }

    public ServerCache Servers { get; }

    public BusProbe Probe => _node.Probe;

    public ServerState State => _drain.IsDraining ? ServerState.Draining : ServerState.Up;

    /// <summary>Gets a value indicating whether this server holds its lease, as far as it can know.</summary>
    public bool HoldsLease =>
        _lease is not null && _time.GetElapsedTime(Volatile.Read(ref _lastSuccessAt)) < _options.LeaseDuration;

    /// <summary>
    /// Joins the cluster, or returns after a timeout if Redis does not answer. The lease is then renewed until
    /// <see cref="LeaveAsync"/>.
    /// </summary>
    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunCycleAsync().WaitAsync(_options.SendTimeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The renewal cycle continues in the background.
        }

        _loop = LoopAsync();
    }

    /// <summary>
    /// Refreshes the list of servers. Called when a genuine session ID names an unknown server, which may have started since the
    /// last renewal. Callers share a renewal cycle and wait for a minimum interval of 200 ms between cycles. Clients can
    /// therefore not overload Redis.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var requestedAt = _time.GetTimestamp();
        var remaining = MinRefreshInterval - _time.GetElapsedTime(Volatile.Read(ref _lastCycleAt));
        if (remaining > TimeSpan.Zero)
        {
            await Task.Delay(remaining, _time, cancellationToken);
        }

        await _cycleLock.WaitAsync(cancellationToken);
        try
        {
            // A cycle that started before this call may have read the list too early.
            if (Volatile.Read(ref _cycleStartedAt) < requestedAt)
            {
                await RunCycleCoreAsync();
            }
        }
        finally
        {
            _cycleLock.Release();
        }
    }

    /// <summary>Publishes the URL at which other servers reach this server, which is listening now.</summary>
    public Task PublishUrlAsync(string? url)
    {
        _url = url;
        return RenewNowAsync();
    }

    /// <summary>Renews the lease immediately, so that other servers see this server's changes at once.</summary>
    public Task RenewNowAsync() => RunCycleAsync();

    /// <summary>
    /// Ends the lease, so that no read returns this server's connections. The registry entries are removed until the token is
    /// canceled; other servers remove the rest.
    /// </summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop;

        // Unsubscribe first: no clients are connected any more. Peers that cached this server as an account's location rely on
        // PUBLISH's receiver count, not on the lease.
        if (_subscription is not null)
        {
            await _subscription.DisposeAsync();
        }

        if (_lease is { } lease && _node.Registry.IsConnected)
        {
            try
            {
                await _node.Registry.LeaveAsync(lease.EpochName).WaitAsync(cancellationToken);
                while (await _node.Registry.ReapAsync(lease.EpochName).WaitAsync(cancellationToken) > 0)
                {
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
            {
                Log.LeftBehind(_logger, lease.EpochName, exception.Message);
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

    private async Task<RenewalResult> RenewAsync(long epoch, bool join)
    {
        var info = Describe(epoch);
        var requestedAt = _time.GetTimestamp();
        var answer = await _node.Registry.RenewAsync(info, _options.LeaseDuration, join).WaitAsync(_options.LeaseDuration, _time);
        if (answer.IsHeld)
        {
            _lease = info;
            if (join)
            {
                // The previous lease may have been lost because Redis, and its clock, was replaced.
                _node.Clock.Reset();
            }

            _node.Clock.Update(requestedAt, answer.ClockMicroseconds);
            Servers.Update(answer.Servers);
            Volatile.Write(ref _lastSuccessAt, _time.GetTimestamp());
        }

        return answer;
    }

    private ServerInfo Describe(long epoch)
    {
        var (queued, webSockets) = _local.Measure();
        var deliveries = _node.Metrics.DeliveryLatency.Summarize();
        return new ServerInfo
        {
            Id = ServerId,
            Epoch = epoch,
            Url = _url,
            State = State,
            Version = LibraryVersion,
            StartedAt = _startedAt,
            Connections = _local.ConnectionCount,
            WebSockets = webSockets,
            Accounts = _local.AccountCount,
            Received = _node.Metrics.Received,
            Sent = _node.Metrics.Delivered,
            Errors = _node.Metrics.Errors,
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
