using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.Admin.Services.Live;
using Scaler.Tests.Admin.Helpers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Admin.Services;

public sealed class RegistryMonitorTests : IAsyncLifetime, IDisposable
{
    private readonly Clock _time = new();
    private readonly FakeCluster _cluster;
    private readonly RegistryMonitor _monitor;
    private readonly SemaphoreSlim _compared = new(0);

    public RegistryMonitorTests()
    {
        _cluster = new FakeCluster(_time) { CheckResult = new RegistryCheck([new ServerCheck("a", 100, 100, true)]) };
        _monitor = new RegistryMonitor(_cluster, _time, new FakeLogger<RegistryMonitor>());
    }

    public Task InitializeAsync() => _monitor.StartAsync(CancellationToken.None);

    public Task DisposeAsync() => _monitor.StopAsync(CancellationToken.None);

    public void Dispose()
    {
        _monitor.Dispose();
        _compared.Dispose();
        _time.Pauses.Dispose();
    }

    [Fact]
    public async Task Watch_ComparesAtOnceThenEveryTenSecondsUntilDisposed()
    {
        Assert.Equal(0, _cluster.CheckCount);
        var watch = await WatchAsync();
        Assert.Equal((RegistryState.Consistent, 100), (_monitor.Current.State, _monitor.Current.Registered));
        await AdvanceAsync(10);
        Assert.Equal(2, _cluster.CheckCount);
        watch.Dispose();
        _time.Advance(TimeSpan.FromMinutes(5));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, _cluster.CheckCount);
    }

    [Fact]
    public async Task Comparison_ManyConnections_IsFollowedByALongerPause()
    {
        _cluster.CheckResult = new RegistryCheck([new ServerCheck("a", 600_000, 600_000, true), new ServerCheck("b", 400_000, 400_000, true)]);
        using var watch = await WatchAsync();
        _time.Advance(TimeSpan.FromSeconds(199));
        Assert.Equal(1, _cluster.CheckCount);
        await AdvanceAsync(1);
        Assert.Equal(2, _cluster.CheckCount);
    }

    [Fact]
    public async Task Ask_DuringPause_ComparesAtOnce()
    {
        using var watch = await WatchAsync();
        _monitor.RequestCheck();
        await _compared.WaitAsync().WithTimeout();
        Assert.Equal(2, _cluster.CheckCount);
    }

    [Fact]
    public async Task Mismatch_FirstSuspect_ThenDifferentIfItPersists()
    {
        using var watch = await WatchAsync();
        _cluster.CheckResult = new RegistryCheck([new ServerCheck("a", 100, 90, false)]);
        await AdvanceAsync(10);
        Assert.Equal(RegistryState.PossibleMismatch, _monitor.Current.State);
        await AdvanceAsync(2);
        Assert.Equal((RegistryState.Mismatch, "a"), (_monitor.Current.State, Assert.Single(_monitor.Current.MismatchedServers).Server));
        _cluster.CheckResult = new RegistryCheck([new ServerCheck("a", 100, 100, true)]);
        await AdvanceAsync(10);
        Assert.Equal(RegistryState.Consistent, _monitor.Current.State);
    }

    [Theory]
    [InlineData(10_000, 9_900, true, RegistryState.Changing)]
    [InlineData(10_000, 5_000, true, RegistryState.PossibleMismatch)]
    [InlineData(null, 10, false, RegistryState.Failed)]
    public async Task Mismatch_ConnectionsChanging_IsToleratedUnlessLarge(int? held, int registered, bool changing, RegistryState expected)
    {
        _cluster.CheckResult = new RegistryCheck([new ServerCheck("a", held, registered, false) { IsChanging = changing }]);
        using var watch = await WatchAsync();
        Assert.Equal(expected, _monitor.Current.State);
    }

    [Fact]
    public async Task Comparison_RedisUnavailable_Fails()
    {
        _cluster.Outage = "It was not possible to connect";
        using var watch = await WatchAsync();
        Assert.Equal((RegistryState.Failed, "It was not possible to connect"), (_monitor.Current.State, _monitor.Current.Failure));
    }

    private async Task<IDisposable> WatchAsync()
    {
        var watch = _monitor.Watch(() => _compared.Release());
        await ComparedAsync();
        return watch;
    }

    private async Task AdvanceAsync(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await ComparedAsync();
    }

    /// <summary>
    /// Waits for a comparison and the start of the pause. Time advanced before the pause starts would not count towards it.
    /// </summary>
    private async Task ComparedAsync()
    {
        await _compared.WaitAsync().WithTimeout("a comparison");
        await _time.Pauses.WaitAsync().WithTimeout("the pause after a comparison");
    }

    /// <summary>Signals when the monitor starts to pause.</summary>
    private sealed class Clock : FakeTimeProvider
    {
        /// <summary>The timeout of a comparison, whose timer must be ignored.</summary>
        private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(30);

        public SemaphoreSlim Pauses { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime != CheckTimeout)
            {
                Pauses.Release();
            }

            return timer;
        }
    }
}
