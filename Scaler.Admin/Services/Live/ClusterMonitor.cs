using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;
using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Live;

/// <summary>
/// Samples the cluster periodically while at least one watcher is registered. All pages of all users share one sampling loop,
/// so the load on Redis does not depend on their number. Only the loop assigns <see cref="Current"/>, always to a new immutable
/// snapshot.
/// </summary>
public sealed partial class ClusterMonitor : BackgroundService
{
    private const int HistoryLength = 180;
    private static readonly TimeSpan RatePeriod = TimeSpan.FromSeconds(5);
    private static readonly Rates Unknown = new(double.NaN, double.NaN, double.NaN);
    private static readonly TimeSpan SampleTimeout = TimeSpan.FromSeconds(3);

    private readonly IClusterView _view;
    private readonly AdminOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ClusterMonitor> _logger;
    private readonly Watchers _watchers;
    private readonly RateWindow _rates = new(RatePeriod);
    private readonly Queue<HistoryPoint> _history = new();
    private volatile ClusterSnapshot _current = ClusterSnapshot.Empty;

    /// <summary>Initializes a new instance of the <see cref="ClusterMonitor"/> class.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="options">The dashboard options.</param>
    /// <param name="time">The time provider.</param>
    /// <param name="logger">The logger.</param>
    public ClusterMonitor(IClusterView view, IOptions<AdminOptions> options, TimeProvider time, ILogger<ClusterMonitor> logger)
    {
        _view = view;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _watchers = new Watchers(logger);
    }

    /// <summary>Gets the last snapshot. It is outdated if there was no watcher.</summary>
    public ClusterSnapshot Current => _current;

    /// <summary>Gets the number of watchers.</summary>
    internal int WatcherCount => _watchers.Count;

    /// <summary>Registers a callback that runs after every sample, on the monitor's thread.</summary>
    /// <param name="changed">The callback.</param>
    /// <returns>A subscription that ends when it is disposed.</returns>
    public IDisposable Watch(Action changed) => _watchers.Add(changed);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.SampleInterval, _time);
        do
        {
            await _watchers.WaitForWatcherAsync(stoppingToken);
            await SampleAsync(stoppingToken);
            _watchers.Notify();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        var before = _current;
        try
        {
            // A lazily connecting Redis client can wait long for an unavailable server. Bound the wait for the pages.
            using var timeout = new CancellationTokenSource(SampleTimeout, _time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            var roundTrip = await _view.PingAsync(linked.Token).WaitAsync(linked.Token);
            var servers = await _view.GetServersAsync(linked.Token).WaitAsync(linked.Token);
            var counts = await _view.GetCountsAsync(linked.Token).WaitAsync(linked.Token);

            var at = _time.GetUtcNow();
            var samples = _rates.Add(at, servers);
            var next = new ClusterSnapshot
            {
                At = at,
                Redis = before.Redis.Next(RedisState.Up, at, roundTrip),
                Servers = samples,
                Counts = counts,
                IgnoredServerEntries = _view.IgnoredServerEntries,
            };

            // Rates need at least two samples.
            var rates = _history.Any(point => double.IsFinite(point.Connections)) ? next.Rates : Unknown;
            _current = next with { History = AppendHistory(new HistoryPoint(at, rates, next.Connections, roundTrip.TotalMilliseconds, next.Delivery)) };
            if (before.Redis.State == RedisState.Down)
            {
                Log.RedisAnswersAgain(_logger, before.Redis.Since);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            var at = _time.GetUtcNow();
            var reason = exception is OperationCanceledException ? $"no response within {SampleTimeout.TotalSeconds:0} s" : Outage.Describe(exception);
            _current = before with
            {
                Redis = before.Redis.Next(RedisState.Down, at, reason: reason),
                History = AppendHistory(new HistoryPoint(at, Unknown, double.NaN, double.NaN, DeliveryTimes.None)),
            };
            if (before.Redis.State != RedisState.Down)
            {
                Log.RedisIsAway(_logger, reason);
            }
        }
    }

    private HistoryPoint[] AppendHistory(HistoryPoint point)
    {
        // There are no samples from the time without watchers. Start a new history instead of a line across the gap.
        if (_history.Count > 0 && point.At - _history.Last().At > 10 * _options.SampleInterval + SampleTimeout)
        {
            _history.Clear();
        }

        _history.Enqueue(point);
        while (_history.Count > HistoryLength)
        {
            _history.Dequeue();
        }

        return [.. _history];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis does not respond: {Reason}")]
        public static partial void RedisIsAway(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "Redis responds again; it was unavailable since {Since:u}")]
        public static partial void RedisAnswersAgain(ILogger logger, DateTimeOffset since);
    }
}
