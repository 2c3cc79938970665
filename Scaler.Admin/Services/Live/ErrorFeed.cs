using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Live;

/// <summary>
/// The last error events of the cluster, live while somebody watches: one subscription for all pages, told of at most four times a
/// second. Its lock guards the list and the counts.
/// </summary>
public sealed partial class ErrorFeed : BackgroundService
{
    /// <summary>How many errors are kept.</summary>
    public const int Capacity = 1000;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

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

    public ErrorFeed(IClusterView view, TimeProvider time, ILogger<ErrorFeed> logger)
    {
        _view = view;
        _time = time;
        _logger = logger;
        _watchers = new Watchers(logger);
    }

    /// <summary>The last errors, newest first, as of the last beat.</summary>
    public ErrorSnapshot Current => _current;

    /// <summary>How many watch.</summary>
    internal int Watching => _watchers.Count;

    /// <summary>Calls back at most four times a second, when there are new errors, until the result is disposed.</summary>
    public IDisposable Watch(Action changed) => _watchers.Add(changed);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _watchers.SomebodyAsync(stoppingToken);
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var reading = ReadAsync(watching.Token);
            await BeatAsync(stoppingToken);
            // The last watcher has left. The reader waits for Redis, and ends with its token.
            await watching.CancelAsync();
            await reading;
        }
    }

    /// <summary>Tells the watchers of what is new, until there are none.</summary>
    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Beat, _time);
        while (_watchers.Count > 0 && await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = _time.GetUtcNow();
            lock (_gate)
            {
                // Rates fall by themselves, so a beat without a new error may still be news: once a second is enough for it.
                if (!_changed && (_current.Rates.Count == 0 || now - _current.At < TimeSpan.FromSeconds(1)))
                {
                    continue;
                }

                _changed = false;
                _current = new ErrorSnapshot(now, [.. _errors], _rates.At(now), _loaded);
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

            await Task.Delay(Retry, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadOnceAsync(CancellationToken cancellationToken)
    {
        // Subscribed first, then read what was before: nothing falls between, and what came twice is dropped.
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var live = _view.WatchErrorsAsync(attempt.Token).GetAsyncEnumerator(attempt.Token);
        var next = live.MoveNextAsync().AsTask();
        try
        {
            var recent = await _view.GetRecentErrorsAsync(Capacity, attempt.Token).WaitAsync(Patience, _time, attempt.Token);
            HashSet<string> known = [.. recent.Select(ErrorKey.Of)];
            Replace(recent);
            while (await next)
            {
                if (!known.Remove(ErrorKey.Of(live.Current)))
                {
                    Add(live.Current);
                }

                next = live.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator may not be disposed while it moves.
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
            // Late ones take their place by their own time.
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
        [LoggerMessage(1, LogLevel.Information, "The feed of errors was interrupted and is taken up again: {Reason}")]
        public static partial void Interrupted(ILogger logger, string reason);
    }
}
