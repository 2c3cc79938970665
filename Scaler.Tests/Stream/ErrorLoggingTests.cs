using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.Stream;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Stream;

/// <summary>Tests the log of the error events in the service.</summary>
public sealed class ErrorLoggingTests
{
    [Fact]
    public async Task Raised_NoisyConnection_LogsItsFirstEventAndCountsTheOthers()
    {
        var (time, logger) = (new FakeTimeProvider(), new FakeLogger<ErrorLogging>());
        await using var server = new ScalerServer(UnconnectedRedis.Instance);
        using var logging = new ErrorLogging(server, time, logger);
        await logging.StartAsync(default);

        // 320 kB of messages that are not JSON.
        for (var i = 0; i < 20_000; i++)
        {
            server.Reporter.Raise(ErrorNames.Json, "noisy", "n", "0123456789abcdef");
        }

        server.Reporter.Raise(ErrorNames.Validation, "calm", "c", "\u001B[2J\nforged", "there is no such event");
        time.Advance(ErrorLogThrottle.Window);

        Assert.Equal(
            [
                "error::json () on connection n",
                @"error::validation (\u001B[2J\nforged, there is no such event) on connection c",
                "error::json on connection n: … and 19999 more in 1 s",
            ],
            logger.Collector.GetSnapshot().Select(static entry => entry.Message));
        await logging.StopAsync(default);
    }
}
