using Microsoft.Extensions.Logging;
using Scaler.Cluster.Node;
using ClusterNode = Scaler.Cluster.Node.ClusterNode;

namespace Scaler.Cluster.Membership;

/// <summary>
/// Maintains this server's membership in the cluster. Each renewal cycle renews the lease, repeats failed registry writes,
/// removes the entries of dead servers, and checks the message bus. If the lease is lost, all connections are registered again
/// under a new epoch.
/// </summary>
internal sealed partial class ClusterMembership : IAsyncDisposable
{
    private const int MismatchThreshold = 5;
    private static readonly TimeSpan MinRefreshInterval = TimeSpan.FromMilliseconds(200);

    private readonly ClusterNode _node;
    private readonly ILocalConnections _local;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ScalerClusterOptions _options;
    private readonly ServerSnapshot _snapshot;
    private readonly ServerLease _lease;
    private readonly EpochSubscription _subscription;
    private readonly SemaphoreSlim _cycleLock = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();

    private Task _loop = Task.CompletedTask;
    private bool _secretAgreed;
    private int _mismatches;
    private long _cycleStartedAt;
    private long _lastCycleAt;

    public ClusterMembership(ClusterNode node, ILocalConnections local, DrainState drain, ILogger logger)
    {
        (_node, _local, _logger, _time, _options) = (node, local, logger, node.Time, node.Options.Cluster);
        ServerId = _options.ServerId ?? Guid.NewGuid().ToString("N")[..10];
        Servers = new ServerCache(_time);
        _snapshot = new ServerSnapshot(ServerId, node, local, drain);
        _lease = new ServerLease(_time, _options.LeaseDuration);
        _subscription = new EpochSubscription(node);
        Registrar = new ConnectionRegistrar(node, _lease);
    }

    public string ServerId { get; }

    public ServerCache Servers { get; }

    public ConnectionRegistrar Registrar { get; }

    public BusProbe Probe => _node.Probe;

    public ServerState State => _snapshot.State;

    /// <inheritdoc cref="ServerSnapshot.Url"/>
    public string? Url => _snapshot.Url;

    /// <summary>Gets or sets the other servers that this server cannot reach. The next renewal publishes them.</summary>
    public IReadOnlyList<UnreachableServer> Unreachable
    {
        get => _snapshot.Unreachable;
        set => _snapshot.Unreachable = value;
    }

    /// <inheritdoc cref="ServerLease.IsHeld"/>
    public bool HoldsLease => _lease.IsHeld;

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
        _snapshot.Url = url;
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
        await _subscription.DisposeAsync();
        if (_lease.Current is { } lease && _node.Registry.IsConnected)
        {
            try
            {
                await _node.Registry.LeaveAsync(lease.EpochName).WaitAsync(cancellationToken);
                while (await _node.Registry.ReapAsync(lease.EpochName).WaitAsync(cancellationToken) > 0)
                {
                }
            }
            catch (Exception exception) when (
                RedisFailure.Is(exception, cancellationToken) || exception is OperationCanceledException)
            {
                Log.LeftBehind(_logger, lease.EpochName, exception.Message);
            }
        }

        _lease.End();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
    }
}
