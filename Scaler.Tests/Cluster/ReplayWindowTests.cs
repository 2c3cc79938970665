using Scaler.Cluster.Node;

namespace Scaler.Tests.Cluster;

public sealed class ReplayWindowTests
{
    private readonly ReplayWindow _window = new();

    [Fact]
    public void TryAccept_IncreasingNumbers_AcceptsEachOnce()
    {
        for (var number = 1L; number < 200_000; number += 1 + (number % 3))
        {
            Assert.True(Accepts(number));
            Assert.False(Accepts(number));
        }
    }

    [Fact]
    public void TryAccept_NumbersOutOfOrder_AcceptsThoseOfTheWindowOnce()
    {
        Assert.True(Accepts(1_000_000));
        Assert.True(Accepts(1_000_001 - ReplayWindow.Size));
        Assert.False(Accepts(1_000_001 - ReplayWindow.Size));
        Assert.False(Accepts(1_000_000 - ReplayWindow.Size));
        Assert.False(Accepts(1));
        Assert.False(Accepts(1_000_000));
        Assert.True(Accepts(999_999));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void TryAccept_NotPositive_ReturnsFalse(long number) => Assert.False(Accepts(number));

    [Fact]
    public void TryAccept_JumpToTheLargestNumber_ForgetsTheOthers()
    {
        Assert.True(Accepts(5));
        Assert.True(Accepts(long.MaxValue));
        Assert.False(Accepts(long.MaxValue));
        Assert.False(Accepts(5));
        Assert.True(Accepts(long.MaxValue - 1));
    }

    [Fact]
    public void TryAccept_RandomNumbers_MatchesASet()
    {
        var (random, accepted, highest) = (new Random(7), new HashSet<long>(), 0L);
        for (var i = 0; i < 300_000; i++)
        {
            var number = Math.Max(1, highest + random.Next(-ReplayWindow.Size - 1000, i % 100 == 0 ? 100_000 : 200));
            Assert.Equal(number > highest - ReplayWindow.Size && accepted.Add(number), Accepts(number));
            highest = Math.Max(highest, number);
        }
    }

    private bool Accepts(long number) => _window.TryAccept(number, 0);
}
