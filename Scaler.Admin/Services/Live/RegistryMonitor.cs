using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Live;

/// <summary>
/// Compares the registry with the servers' connections while at least one watcher is registered. A comparison reads the whole
/// registry page by page, which costs Redis about 1 µs per entry. The pause after it is 200 µs per entry, so comparisons use at
/// most about 0.5 % of Redis's time. Only the loop assigns <see cref="Current"/>.
/// </summary>
public sealed class RegistryMonitor : BackgroundService
{
    private static readonly TimeSpan PausePerEntry = TimeSpan.FromMicroseconds(200);
    private static readonly TimeSpan MinPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RecheckDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(30);

    private readonly IClusterView _view;
    private readonly TimeProvider _time;
    private readonly Watchers _watchers;
    private TaskCompletionSource _checkRequested = NewSignal();
    private volatile RegistrySnapshot _current = RegistrySnapshot.Empty;

    /// <summary>Initializes a new instance of the <see cref="RegistryMonitor"/> class.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="time">The time provider.</param>
    /// <param name="logger">The logger.</param>
    public RegistryMonitor(IClusterView view, TimeProvider time, ILogger<RegistryMonitor> logger)
    {
        _view = view;
        _time = time;
        _watchers = new Watchers(logger);
    }

    /// <summary>Gets the last comparison. It is outdated if there was no watcher.</summary>
    public RegistrySnapshot Current => _current;

    /// <summary>Gets the number of watchers.</summary>
    internal int WatcherCount => _watchers.Count;

    /// <summary>Registers a callback that runs after every comparison, on the monitor's thread.</summary>
    /// <param name="changed">The callback.</param>
    /// <returns>A subscription that ends when it is disposed.</returns>
    public IDisposable Watch(Action changed) => _watchers.Add(changed);

    /// <summary>Requests a comparison without waiting for the pause to end. Watchers are notified of its result.</summary>
    public void RequestCheck() => Volatile.Read(ref _checkRequested).TrySetResult();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _watchers.WaitForWatcherAsync(stoppingToken);
            Volatile.Write(ref _checkRequested, NewSignal());
            _current = await CompareAsync(stoppingToken);
            _watchers.Notify();
            var pause = _current.State == RegistryState.PossibleMismatch ? RecheckDelay
                : Max(_current.Registered * PausePerEntry, MinPause);
            try
            {
                await _checkRequested.Task.WaitAsync(pause, _time, stoppingToken);
            }
            catch (TimeoutException)
            {
                // The pause is over, and no earlier comparison was requested.
            }
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<RegistrySnapshot> CompareAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        try
        {
            using var timeout = new CancellationTokenSource(CheckTimeout, _time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            var check = await _view.CheckRegistryAsync(linked.Token).WaitAsync(linked.Token);
            var state = StateOf(check);
            var failure = state == RegistryState.Failed
                ? $"No response from {string.Join(", ", check.Servers.Where(server => server.Held is null).Select(server => server.Server))}"
                : null;
            return new RegistrySnapshot(state, _time.GetUtcNow(), _time.GetElapsedTime(started), check, failure);
        }
        catch (Exception exception) when (Outage.IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            return new RegistrySnapshot(RegistryState.Failed, _time.GetUtcNow(), _time.GetElapsedTime(started), null, Outage.Describe(exception));
        }
    }

    private RegistryState StateOf(RegistryCheck check)
    {
        if (check.IsEqual)
        {
            return RegistryState.Consistent;
        }

        if (check.Servers.All(server => server.IsEqual || server.Held is null))
        {
            // Servers that did not respond are not a mismatch.
            return RegistryState.Failed;
        }

        if (check.Servers.All(server => server.IsEqual || (server.IsChanging && IsNear(server))))
        {
            return RegistryState.Changing;
        }

        // A client that connects or disconnects during a comparison can cause one mismatch, but not two in a row.
        return _current.State is RegistryState.PossibleMismatch or RegistryState.Mismatch ? RegistryState.Mismatch : RegistryState.PossibleMismatch;
    }

    /// <summary>
    /// Determines whether connections that changed during the comparison can explain the difference. The tolerance is sized for
    /// reading several hundred thousand entries.
    /// </summary>
    private static bool IsNear(ServerCheck server) => Math.Abs((server.Held ?? 0) - server.Registered) <= 20 + (server.Registered / 100);
}
