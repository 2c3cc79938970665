using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Time.Testing;

namespace Scaler.Tests.Aspire.StandIn;

public sealed class ConsoleLinesTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public async Task Watch_GivesLinesSoFarThenNewOnes()
    {
        var console = new ConsoleLines(_time);
        console.Append("one", isError: false);
        await using var watch = console.WatchAsync(follow: true).GetAsyncEnumerator();

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal([new LogLine(1, "2026-01-02T03:04:05.0000000Z one", false)], watch.Current);

        var next = watch.MoveNextAsync();
        console.Append("two", isError: true);
        Assert.True(await next);
        Assert.Equal([new LogLine(2, "2026-01-02T03:04:05.0000000Z two", true)], watch.Current);
    }

    [Fact]
    public async Task Watch_MoreThanItsCapacity_GivesTheLast()
    {
        var console = new ConsoleLines(_time);
        for (var i = 0; i < ConsoleLines.Capacity + 10; i++) console.Append("line", isError: false);
        await using var watch = console.WatchAsync(follow: false).GetAsyncEnumerator();

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(ConsoleLines.Capacity, watch.Current.Count);
        Assert.Equal(11, watch.Current[0].LineNumber);
        Assert.False(await watch.MoveNextAsync());
    }
}
