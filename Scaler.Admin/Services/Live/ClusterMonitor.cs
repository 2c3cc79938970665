using Microsoft.Extensions.Options;
using Scaler.Admin.Configuration;
using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Live;

/// <summary>
/// Samples the cluster while somebody watches: one reader for all pages and all people, whatever happens in the cluster. Only the
/// loop writes <see cref="Current"/>; it replaces it as a whole.
/// </summary>
public sealed partial class ClusterMonitor : BackgroundService
{
    private const int HistoryLength = 180;
    private static readonly TimeSpan RateLength = TimeSpan.FromSeconds(5);
    private static readonly Rates Unknown = new(double.NaN, double.NaN, double.NaN);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly IClusterView _view;
    private readonly AdminOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ClusterMonitor> _logger;
    private readonly Watchers _watchers;
    private readonly RateWindow _rates = new(RateLength);
    private readonly Queue<HistoryPoint> _history = new();
    private volatile ClusterSnapshot _current = ClusterSnapshot.Empty;

    public ClusterMonitor(IClusterView view, IOptions<AdminOptions> options, TimeProvider time, ILogger<ClusterMonitor> logger)
    {
        _view = view;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _watchers = new Watchers(logger);
    }

    /// <summary>What was last seen. It may be old when nobody watched.</summary>
    public ClusterSnapshot Current => _current;

    /// <summary>How many watch.</summary>
    internal int Watching => _watchers.Count;

    /// <summary>Calls back after every sample, on the monitor's thread, until the result is disposed.</summary>
    public IDisposable Watch(Action changed) => _watchers.Add(changed);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.SampleInterval, _time);
        do
        {
            await _watchers.SomebodyAsync(stoppingToken);
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
            // A client that is asked to connect lazily may wait long for a server that is away: the page must not.
            using var patience = new CancellationTokenSource(Patience, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            var roundTrip = await _view.PingAsync(both.Token).WaitAsync(both.Token);
            var servers = await _view.GetServersAsync(both.Token).WaitAsync(both.Token);
            var counts = await _view.GetCountsAsync(both.Token).WaitAsync(both.Token);

            var at = _time.GetUtcNow();
            var samples = _rates.Add(at, servers);
            var next = new ClusterSnapshot
            {
                At = at,
                Link = before.Link.Next(LinkState.Up, at, roundTrip),
                Servers = samples,
                Counts = counts,
            };
            // One sample has no rates yet.
            var rates = _history.Any(point => double.IsFinite(point.Connections)) ? next.Rates : Unknown;
            _current = next with { History = Remember(new HistoryPoint(at, rates, next.Connections, roundTrip.TotalMilliseconds, next.Delivery)) };
            if (before.Link.State == LinkState.Down)
            {
                Log.RedisAnswersAgain(_logger, before.Link.Since);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            var at = _time.GetUtcNow();
            var reason = exception is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : Outage.Describe(exception);
            _current = before with
            {
                Link = before.Link.Next(LinkState.Down, at, reason: reason),
                History = Remember(new HistoryPoint(at, Unknown, double.NaN, double.NaN, Delivery.None)),
            };
            if (before.Link.State != LinkState.Down)
            {
                Log.RedisIsAway(_logger, reason);
            }
        }
    }

    private HistoryPoint[] Remember(HistoryPoint point)
    {
        // While nobody watched nothing was sampled: a line across that time would be made up.
        if (_history.Count > 0 && point.At - _history.Last().At > 10 * _options.SampleInterval + Patience)
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
        [LoggerMessage(1, LogLevel.Warning, "Redis does not answer the dashboard: {Reason}")]
        public static partial void RedisIsAway(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "Redis answers the dashboard again; it was away since {Since:u}")]
        public static partial void RedisAnswersAgain(ILogger logger, DateTimeOffset since);
    }
}
