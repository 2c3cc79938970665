namespace Scaler.Tests.Telemetry;

public sealed class DeliveryTimesTests
{
    private readonly DeliveryLatencyHistogram _times = new();

    [Fact]
    public void Sum_WithoutRecords_IsDefault() => Assert.Equal(default, _times.Summarize());

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(999)]
    [InlineData(1_000_000)]
    [InlineData(int.MaxValue)]
    public void Sum_OfOneRecord_OverestimatesByAtMostAnEighth(int microseconds)
    {
        _times.Record(microseconds);
        Assert.InRange(_times.Summarize().P99Milliseconds, microseconds / 1000.0, microseconds * 1.125 / 1000.0);
    }

    [Fact]
    public void Sum_WithManyFastAndFewSlowRecords_ReportsMedianAndP99()
    {
        for (var i = 0; i < 1000; i++)
        {
            _times.Record(i < 980 ? 500 : 80_000);
        }

        var summary = _times.Summarize();
        Assert.Equal(1000, summary.Count);
        Assert.InRange(summary.MedianMilliseconds, 0.5, 0.57);
        Assert.InRange(summary.P99Milliseconds, 80, 90);
    }

    [Fact]
    public void Sum_TenCallsAfterARecord_NoLongerIncludesIt()
    {
        _times.Summarize();
        _times.Record(80_000);
        for (var call = 0; call < 10; call++)
        {
            Assert.Equal(1, _times.Summarize().Count);
        }

        Assert.Equal(0, _times.Summarize().Count);
    }
}
