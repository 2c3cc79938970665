using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Scaler.Admin.Configuration;
using Scaler.Admin.Services.Live;
using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Admin.Services;

public sealed class LiveTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 3, 12, 0, TimeSpan.Zero));
    private readonly FakeCluster _cluster;
    private readonly ClusterMonitor _monitor;
    private readonly ErrorFeed _feed;
    private readonly SemaphoreSlim _sampled = new(0);
    private IDisposable? _watch;

    public LiveTests()
    {
        _cluster = new FakeCluster(_time);
        _monitor = new ClusterMonitor(_cluster, Options.Create(new AdminOptions()), _time, new FakeLogger<ClusterMonitor>());
        _feed = new ErrorFeed(_cluster, _time, new FakeLogger<ErrorFeed>());
    }

    public async Task InitializeAsync()
    {
        await _monitor.StartAsync(CancellationToken.None);
        await _feed.StartAsync(CancellationToken.None);

        // The first watcher triggers a sample at once. Further samples follow every second.
        _watch = _monitor.Watch(() => _sampled.Release());
        await _sampled.WaitAsync().WithTimeout("a sample");
    }

    public async Task DisposeAsync()
    {
        await _monitor.StopAsync(CancellationToken.None);
        await _feed.StopAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _monitor.Dispose();
        _feed.Dispose();
        _sampled.Dispose();
    }

    [Fact]
    public async Task Monitor_IncreasingCounters_YieldRates()
    {
        SetServer(received: 100, sent: 1_000);
        Assert.True(double.IsNaN(_monitor.Current.History[0].Rates.In));
        await SampleAsync();
        SetServer(received: 150, sent: 1_300);
        await SampleAsync();
        Assert.Equal((50, 300), (_monitor.Current.Rates.In, _monitor.Current.Rates.Out));
        Assert.Equal(3, _monitor.Current.History.Count);
    }

    [Fact]
    public async Task Monitor_ServerRestartedWithSameId_HasNoNegativeRate()
    {
        SetServer(received: 5_000, sent: 9_000);
        await SampleAsync();
        SetServer(received: 10, sent: 20, _time.GetUtcNow());
        await SampleAsync();
        Assert.Equal((0, 0), (_monitor.Current.Rates.In, _monitor.Current.Rates.Out));
    }

    [Fact]
    public async Task Monitor_RedisOutage_KeepsDataAndRecovers()
    {
        SetServer(received: 1, sent: 1);
        await SampleAsync();
        _cluster.Outage = "It was not possible to connect; counters";
        await SampleAsync();
        var since = _time.GetUtcNow();
        await SampleAsync();
        Assert.Equal((RedisState.Down, since), (_monitor.Current.Redis.State, _monitor.Current.Redis.Since));
        Assert.Equal("It was not possible to connect", _monitor.Current.Redis.Reason);
        Assert.Single(_monitor.Current.Servers);
        Assert.True(_monitor.Current.IsStale);

        _cluster.Outage = null;
        await SampleAsync();
        Assert.Equal(RedisState.Up, _monitor.Current.Redis.State);
        Assert.False(_monitor.Current.IsStale);
    }

    [Fact]
    public async Task Monitor_NoWatcher_DoesNotSample()
    {
        _watch!.Dispose();
        var at = _monitor.Current.At;
        Assert.Equal(0, _monitor.WatcherCount);
        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(at, _monitor.Current.At);
    }

    [Fact]
    public async Task Feed_StoredAndLiveErrors_AreMergedNewestFirst()
    {
        Raise("old", -5);
        using var watch = _feed.Watch(() => { });
        await UntilAsync(() => _feed.Current.IsLoaded && _cluster.WatcherCount == 1);
        Raise("new", 0);
        Raise("late", -3, late: true);
        await UntilAsync(() => _feed.Current.Errors.Count == 3);
        Assert.Equal(["new", "late", "old"], _feed.Current.Errors.Select(error => error.Account));
        Assert.Equal(3, _feed.Current.Rates[ErrorNames.Json]);
    }

    [Fact]
    public async Task Feed_MoreThanCapacity_DropsTheOldest()
    {
        using var watch = _feed.Watch(() => { });
        await UntilAsync(() => _feed.Current.IsLoaded && _cluster.WatcherCount == 1);
        for (var i = 0; i < ErrorFeed.Capacity + 50; i++)
        {
            Raise($"account {i}", i / 1_000d);
        }

        await UntilAsync(() => _feed.Current.Errors is [{ Account: "account 1049" }, ..]);
        Assert.Equal(ErrorFeed.Capacity, _feed.Current.Errors.Count);
        Assert.Equal(ErrorFeed.Capacity + 50, _feed.Current.PerMinute);
    }

    [Fact]
    public async Task Feed_ManyErrors_NotifiesAtMostFourTimesPerSecond()
    {
        var notifications = 0;
        using var watch = _feed.Watch(() => Interlocked.Increment(ref notifications));
        await UntilAsync(() => _feed.Current.IsLoaded && _cluster.WatcherCount == 1);
        notifications = 0;
        var started = _time.GetUtcNow();
        for (var i = 0; i < 200; i++)
        {
            Raise("acme", 0);
        }

        await UntilAsync(() => _feed.Current.Errors.Count == 200);
        Assert.InRange(notifications, 1, 1 + ((_time.GetUtcNow() - started) / TimeSpan.FromMilliseconds(250)));
    }

    [Fact]
    public async Task Feed_LastWatcherRemoved_UnsubscribesFromTheCluster()
    {
        var watch = _feed.Watch(() => { });
        await UntilAsync(() => _cluster.WatcherCount == 1);
        watch.Dispose();
        await UntilAsync(() => _cluster.WatcherCount == 0);
        Assert.Equal(0, _feed.WatcherCount);
    }

    [Fact]
    public async Task Feed_RedisRecovers_ReadsAgain()
    {
        _cluster.Outage = "no connection";
        Raise("acme", 0);
        using var watch = _feed.Watch(() => { });
        await UntilAsync(() => _cluster.WatcherCount == 0);
        Assert.False(_feed.Current.IsLoaded);
        _cluster.Outage = null;
        await UntilAsync(() => _feed.Current.Errors.Count == 1);
    }

    private void SetServer(long received, long sent, DateTimeOffset startedAt = default) => _cluster.Servers["a"] = new ServerInfo
    {
        Id = "a",
        Epoch = 1,
        StartedAt = startedAt,
        Received = received,
        Sent = sent,
    };

    private void Raise(string account, double seconds, bool late = false) => _cluster.Raise(new ScalerError
    {
        Name = ErrorNames.Json,
        Arguments = ["{"],
        At = _time.GetUtcNow().AddSeconds(seconds),
        Server = "a",
        Account = account,
        ConnectionId = Guid.NewGuid().ToString("N"),
        Late = late,
    });

    private async Task SampleAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        await _sampled.WaitAsync().WithTimeout("a sample");
    }

    /// <summary>
    /// Advances the fake clock in steps of 250 ms until a condition is met, checking it more often before each further step.
    /// Steps that followed the real clock could advance by more than a minute on a busy machine, and the errors would leave the
    /// rate window.
    /// </summary>
    private async Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var (checks, next) = (0, 1);
        await Deadline.WaitUntilAsync(
            () =>
            {
                if (condition())
                {
                    return true;
                }

                if (++checks == next)
                {
                    _time.Advance(TimeSpan.FromMilliseconds(250));
                    next += 1 + (checks / 2);
                }

                return false;
            },
            what: what);
    }
}
