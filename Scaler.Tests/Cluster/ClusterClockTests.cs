using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster;

namespace Scaler.Tests.Cluster;

public sealed class ClusterClockTests
{
    private const long Epoch = 1_800_000_000_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeTimeProvider _otherTime = new();
    private long _now = Epoch;

    [Fact]
    public void Since_TwoServersWhoseClocksDiffer_IsTheTimeBetween()
    {
        _otherTime.Advance(TimeSpan.FromDays(400));
        var (sender, receiver) = (new ClusterClock(_time), new ClusterClock(_otherTime));
        Learn(sender, TimeSpan.FromMilliseconds(2));
        Learn(receiver, TimeSpan.FromMilliseconds(4), _otherTime);

        var stamp = sender.Stamp;
        Advance(TimeSpan.FromMilliseconds(30));
        Assert.InRange(receiver.Since(stamp)!.Value, 29_990, 30_010);
    }

    [Fact]
    public void Since_BeforeEitherHasLearned_IsNotKnown()
    {
        var clock = new ClusterClock(_time);
        Assert.Equal(0, clock.Stamp);
        Assert.Null(clock.Since(1234));
        Learn(clock, TimeSpan.FromMilliseconds(1));
        Assert.Null(clock.Since(0));
        clock.Forget();
        Assert.Equal(0, clock.Stamp);
    }

    [Fact]
    public void Learn_FromASlowAnswer_DoesNotUndoAQuickOne_UntilThatIsOld()
    {
        var clock = new ClusterClock(_time);
        Learn(clock, TimeSpan.FromMilliseconds(1));
        var stamp = clock.Stamp;

        // All of the delay was on one way, so half of it is wrong.
        for (var renewal = 0; renewal < 59; renewal++)
        {
            clock.Learn(_time.GetTimestamp() - TimeSpan.FromSeconds(1).Ticks, _now);
        }

        Assert.InRange(clock.Since(stamp)!.Value, 0, 5);
        clock.Learn(_time.GetTimestamp() - TimeSpan.FromSeconds(1).Ticks, _now);
        Assert.InRange(clock.Since(stamp)!.Value, 490_000, 510_000);
    }

    [Fact]
    public void Since_AStampFromAheadOfTheClock_IsNotNegative()
    {
        var clock = new ClusterClock(_time);
        Learn(clock, TimeSpan.Zero);
        Assert.Equal(0, clock.Since(clock.Stamp + 50));
    }

    /// <summary>A renewal whose question took as long as its answer.</summary>
    private void Learn(ClusterClock clock, TimeSpan roundTrip, FakeTimeProvider? time = null)
    {
        var asked = (time ?? _time).GetTimestamp();
        Advance(roundTrip / 2);
        var shown = _now;
        Advance(roundTrip / 2);
        clock.Learn(asked, shown);
    }

    private void Advance(TimeSpan by)
    {
        _time.Advance(by);
        _otherTime.Advance(by);
        _now += (long)by.TotalMicroseconds;
    }
}
