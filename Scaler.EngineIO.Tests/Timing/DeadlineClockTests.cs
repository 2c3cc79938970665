using Microsoft.Extensions.Time.Testing;
using Scaler.EngineIO.Timing;

namespace Scaler.EngineIO.Tests.Timing;

public sealed class DeadlineClockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<Exception> _errors = [];

    [Fact]
    public void Timer_ADeadlineThrows_OthersExpireAndTheExceptionIsReported()
    {
        using var clock = new DeadlineClock(_time, _errors.Add);
        var list = clock.CreateList(TimeSpan.FromSeconds(1));
        var expired = ArmThree(clock, list);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(["first", "last"], expired);
        Assert.IsType<InvalidOperationException>(Assert.Single(_errors));
    }

    [Fact]
    public void ExpireAll_ADeadlineThrows_OthersExpireAndTheExceptionIsReported()
    {
        using var clock = new DeadlineClock(_time, _errors.Add);
        var list = clock.CreateList(TimeSpan.FromSeconds(1));
        var expired = ArmThree(clock, list);
        clock.ExpireAll(list);
        Assert.Equal(["first", "last"], expired);
        Assert.IsType<InvalidOperationException>(Assert.Single(_errors));
    }

    private static List<string> ArmThree(DeadlineClock clock, DeadlineList list)
    {
        var expired = new List<string>();
        clock.Arm(new CallbackDeadline(() => expired.Add("first")), list);
        clock.Arm(new CallbackDeadline(static () => throw new InvalidOperationException()), list);
        clock.Arm(new CallbackDeadline(() => expired.Add("last")), list);
        return expired;
    }

    private sealed class CallbackDeadline(Action expire) : EngineIO.Timing.Deadline
    {
        public override void Expire() => expire();
    }
}
