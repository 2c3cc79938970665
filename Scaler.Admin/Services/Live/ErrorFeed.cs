using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Live;

/// <summary>
/// Provides the latest error events of the cluster. While at least one watcher is registered, one subscription serves all
/// pages, and watchers are notified at most four times per second. The lock guards the list and the counts.
/// </summary>
public sealed partial class ErrorFeed : BackgroundService
{
    /// <summary>The maximum number of errors kept.</summary>
    public const int Capacity = 1000;

    private static readonly TimeSpan PublishInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(3);

    private readonly IClusterView _view;
    private readonly TimeProvider _time;
    private readonly ILogger<ErrorFeed> _logger;
    private readonly Watchers _watchers;
    private readonly Lock _gate = new();
    private readonly LinkedList<ScalerError> _errors = new();
    private readonly ErrorRates _rates = new();
    private volatile ErrorSnapshot _current = ErrorSnapshot.Empty;
    private bool _changed;
    private bool _loaded;

    /// <summary>Initializes a new instance of the <see cref="ErrorFeed"/> class.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="time">The time provider.</param>
    /// <param name="logger">The logger.</param>
    public ErrorFeed(IClusterView view, TimeProvider time, ILogger<ErrorFeed> logger)
    {
        _view = view;
        _time = time;
        _logger = logger;
        _watchers = new Watchers(logger);
    }

    /// <summary>Gets the last published snapshot.</summary>
    public ErrorSnapshot Current => _current;

    /// <summary>Gets the number of watchers.</summary>
    internal int WatcherCount => _watchers.Count;

    /// <summary>Registers a callback that runs when the snapshot has changed, at most four times per second.</summary>
    /// <param name="changed">The callback.</param>
    /// <returns>A subscription that ends when it is disposed.</returns>
    public IDisposable Watch(Action changed) => _watchers.Add(changed);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _watchers.WaitForWatcherAsync(stoppingToken);
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var reading = ReadAsync(watching.Token);
            await PublishAsync(stoppingToken);

            // There are no watchers left. Cancel the reader, which waits for Redis.
            await watching.CancelAsync();
            await reading;
        }
    }

    /// <summary>Publishes changed snapshots until there are no watchers.</summary>
    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PublishInterval, _time);
        while (_watchers.Count > 0 && await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = _time.GetUtcNow();
            lock (_gate)
            {
                // Rates decrease without new errors, so publish them once per second while any rate is above zero.
                if (!_changed && (_current.Rates.Count == 0 || now - _current.At < TimeSpan.FromSeconds(1)))
                {
                    continue;
                }

                _changed = false;
                _current = new ErrorSnapshot(now, [.. _errors], _rates.CountLastMinute(now), _loaded);
            }

            _watchers.Notify();
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ReadOnceAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.Interrupted(_logger, Outage.Describe(exception));
            }

            await Task.Delay(RetryDelay, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadOnceAsync(CancellationToken cancellationToken)
    {
        // Subscribe before reading the stored errors, so that no error is lost in between. Duplicates are dropped.
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var live = _view.WatchErrorsAsync(attempt.Token).GetAsyncEnumerator(attempt.Token);
        var next = live.MoveNextAsync().AsTask();
        try
        {
            var recent = await _view.GetRecentErrorsAsync(Capacity, attempt.Token).WaitAsync(ReadTimeout, _time, attempt.Token);
            HashSet<string> known = [.. recent.Select(ErrorKey.Create)];
            Replace(recent);
            while (await next)
            {
                if (!known.Remove(ErrorKey.Create(live.Current)))
                {
                    Add(live.Current);
                }

                next = live.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An async enumerator must not be disposed during a pending MoveNextAsync.
            await attempt.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Replace(IReadOnlyList<ScalerError> recent)
    {
        lock (_gate)
        {
            _errors.Clear();
            _rates.Clear();
            foreach (var error in recent.OrderByDescending(error => error.At).Take(Capacity))
            {
                _errors.AddLast(error);
                _rates.Add(error);
            }

            _loaded = true;
            _changed = true;
        }
    }

    private void Add(ScalerError error)
    {
        lock (_gate)
        {
            // Insert errors that were published late at the position of their own timestamp.
            var newer = _errors.First;
            while (newer is not null && newer.Value.At > error.At)
            {
                newer = newer.Next;
            }

            _ = newer is null ? _errors.AddLast(error) : _errors.AddBefore(newer, error);
            _rates.Add(error);
            if (_errors.Count > Capacity)
            {
                _errors.RemoveLast();
            }

            _changed = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The error feed was interrupted and will reconnect: {Reason}")]
        public static partial void Interrupted(ILogger logger, string reason);
    }
}
