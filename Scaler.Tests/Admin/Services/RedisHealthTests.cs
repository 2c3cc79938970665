using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.Admin.Services.Live;
using Scaler.Tests.Admin.Helpers;

namespace Scaler.Tests.Admin.Services;

public sealed class RedisHealthTests
{
    private readonly FakeLogger<RedisHealth> _logger = new();
    private readonly FakeCluster _cluster;
    private readonly RedisHealth _health;

    public RedisHealthTests()
    {
        var time = new FakeTimeProvider();
        _cluster = new FakeCluster(time);
        _health = new RedisHealth(_cluster, time, _logger);
    }

    [Fact]
    public async Task CheckHealthAsync_RedisOutage_ReturnsDegradedAndLogsOnce()
    {
        Assert.Equal(HealthStatus.Healthy, (await ProbeAsync()).Status);
        _cluster.Outage = "It was not possible to connect; counters";
        for (var probe = 0; probe < 5; probe++)
        {
            var result = await ProbeAsync();
            Assert.Equal((HealthStatus.Degraded, null), (result.Status, result.Exception));
        }

        _cluster.Outage = null;
        Assert.Equal(HealthStatus.Healthy, (await ProbeAsync()).Status);
        await ProbeAsync();
        Assert.Equal(
            ["Health: Redis does not respond: It was not possible to connect", "Health: Redis responds again"],
            _logger.Collector.GetSnapshot().Select(record => record.Message));
        Assert.All(_logger.Collector.GetSnapshot(), record => Assert.Null(record.Exception));
    }

    private Task<HealthCheckResult> ProbeAsync() => _health.CheckHealthAsync(new HealthCheckContext());
}
