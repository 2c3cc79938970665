using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Node;

namespace Scaler.Tests.Cluster;

public sealed class ClusterClockTests
{
    private const long Epoch = 1_800_000_000_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeTimeProvider _otherTime = new();
    private long _now = Epoch;

    [Fact]
    public void Since_ServersWithDifferentClocks_ReturnsTheElapsedTime()
    {
        _otherTime.Advance(TimeSpan.FromDays(400));
        var (sender, receiver) = (new ClusterClock(_time), new ClusterClock(_otherTime));
        Learn(sender, TimeSpan.FromMilliseconds(2));
        Learn(receiver, TimeSpan.FromMilliseconds(4), _otherTime);

        var stamp = sender.Stamp;
        Advance(TimeSpan.FromMilliseconds(30));
        Assert.InRange(receiver.GetElapsedMicroseconds(stamp)!.Value, 29_990, 30_010);
    }

    [Fact]
    public void Since_ClockNotKnown_ReturnsNull()
    {
        var clock = new ClusterClock(_time);
        Assert.Equal(0, clock.Stamp);
        Assert.Null(clock.GetElapsedMicroseconds(1234));
        Learn(clock, TimeSpan.FromMilliseconds(1));
        Assert.Null(clock.GetElapsedMicroseconds(0));
    }

    [Fact]
    public void Update_ClockOfRedisHasBeenSet_ReplacesTheEstimateAtOnce()
    {
        var clock = new ClusterClock(_time);
        Learn(clock, TimeSpan.FromMilliseconds(1));
        var stamp = clock.Stamp;
        _now += 3600_000_000;
        Learn(clock, TimeSpan.FromMilliseconds(9));
        Assert.InRange(clock.Stamp - stamp, 3600_000_000, 3600_100_000);
    }

    [Fact]
    public void IsFresh_StampOfTheLastMinute_ReturnsTrueUnlessItIsFromBeforeTheStart()
    {
        var clock = new ClusterClock(_time);
        Assert.True(clock.IsFresh(1));
        Learn(clock, TimeSpan.Zero);
        Assert.True(clock.IsFresh(clock.Stamp - 1_000_000));
        Assert.False(clock.IsFresh(clock.Stamp - 1_100_000));

        Advance(TimeSpan.FromMinutes(5));

        Assert.True(clock.IsFresh(clock.Stamp - 60_000_000));
        Assert.False(clock.IsFresh(clock.Stamp - 60_000_001));
        Assert.True(clock.IsFresh(clock.Stamp + 60_000_000));
        Assert.False(clock.IsFresh(clock.Stamp + 60_000_001));
    }

    [Fact]
    public void IsCurrent_NoUpdateForTenMinutes_ReturnsFalse()
    {
        var clock = new ClusterClock(_time);
        Assert.False(clock.IsCurrent);
        Learn(clock, TimeSpan.Zero);
        Assert.True(clock.IsCurrent);
        Advance(TimeSpan.FromMinutes(10));
        Assert.False(clock.IsCurrent);
        Learn(clock, TimeSpan.FromMilliseconds(1));
        Assert.True(clock.IsCurrent);
    }

    [Fact]
    public void Learn_SlowResponse_IsIgnoredUntilTheFastOneIsOld()
    {
        var clock = new ClusterClock(_time);
        Learn(clock, TimeSpan.FromMilliseconds(1));
        var stamp = clock.Stamp;

        // The whole delay was in one direction, so the estimate is off by half of it.
        for (var renewal = 0; renewal < 59; renewal++)
        {
            clock.Update(_time.GetTimestamp() - TimeSpan.FromSeconds(1).Ticks, _now);
        }

        Assert.InRange(clock.GetElapsedMicroseconds(stamp)!.Value, 0, 5);
        clock.Update(_time.GetTimestamp() - TimeSpan.FromSeconds(1).Ticks, _now);
        Assert.InRange(clock.GetElapsedMicroseconds(stamp)!.Value, 490_000, 510_000);
    }

    [Fact]
    public void Since_StampAheadOfTheClock_ReturnsZero()
    {
        var clock = new ClusterClock(_time);
        Learn(clock, TimeSpan.Zero);
        Assert.Equal(0, clock.GetElapsedMicroseconds(clock.Stamp + 50));
    }

    /// <summary>Simulates a lease renewal whose request took as long as its response.</summary>
    private void Learn(ClusterClock clock, TimeSpan roundTrip, FakeTimeProvider? time = null)
    {
        var sentAt = (time ?? _time).GetTimestamp();
        Advance(roundTrip / 2);
        var redisTime = _now;
        Advance(roundTrip / 2);
        clock.Update(sentAt, redisTime);
    }

    private void Advance(TimeSpan by)
    {
        _time.Advance(by);
        _otherTime.Advance(by);
        _now += (long)by.TotalMicroseconds;
    }
}
