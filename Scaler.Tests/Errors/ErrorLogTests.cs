using Garnet;
using Scaler.Cluster.Redis;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Errors;

public sealed class ErrorLogTests
{
    private static readonly ScalerError Error = new()
    {
        Name = ErrorNames.Json,
        Arguments = ["oops"],
        At = DateTimeOffset.UnixEpoch,
        Server = "one",
    };

    [Fact]
    public async Task Watch_WhenRedisRestarts_EndsSoThatTheCallerRereadsTheLog()
    {
        var port = FreePorts.GetFreePort();
        var garnet = Start(port);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},abortConnect=false,connectTimeout=500");
        await using var cluster = new ScalerCluster(redis);
        await using var watch = cluster.WatchErrorsAsync().GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await Deadline.WaitUntilAsync(async () =>
        {
            // Redis does not deliver what was published before the subscription is active, so publish until the watch
            // receives an error.
            await cluster.Errors.AppendAsync([Error]);
            return next.IsCompleted;
        });
        Assert.True(await next);

        garnet.Dispose();
        await Deadline.WaitUntilAsync(() => !redis.IsConnected);
        using var restarted = Start(port);

        // The watch still returns the errors published before the restart. Then it ends, without errors published since.
        while (await watch.MoveNextAsync().AsTask().WithTimeout("the end of the watch"))
        {
            Assert.Equal(Error.Arguments, watch.Current.Arguments);
        }

        await Deadline.WaitUntilAsync(() => redis.IsConnected);
        await cluster.Errors.AppendAsync([Error with { Late = true }]);
        Assert.True(Assert.Single(await cluster.GetRecentErrorsAsync()).Late);
    }

    [Fact]
    public async Task AppendAsync_RetriedWithTheSameNumber_StoresAndPublishesOnce()
    {
        var port = FreePorts.GetFreePort();
        using var garnet = Start(port);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");
        await using var cluster = new ScalerCluster(redis);
        await using var other = new ScalerCluster(redis);
        var published = await redis.GetSubscriber().SubscribeAsync(new RedisKeys(new ScalerOptions().Prefix).ErrorsChannel);

        foreach (var (log, number, key) in new[] { (cluster, 1, "a"), (cluster, 1, "b"), (cluster, 2, "c"), (other, 1, "d"), (cluster, 2, "e"), (cluster, 0, "f") })
        {
            await log.Errors.AppendAsync([Error with { Arguments = [key, "x"] }], number);
        }

        Assert.Equal(["f", "d", "c", "a"], (await cluster.GetRecentErrorsAsync()).Select(static error => error.Arguments[0]));
        foreach (var key in new[] { "a", "c", "d", "f" })
        {
            Assert.Contains(
                $"\"{key}\"", (await published.ReadAsync().AsTask().WithTimeout()).Message.ToString(), StringComparison.Ordinal);
        }
    }

    private static GarnetServer Start(int port)
    {
        var server = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", "--lua"]);
        server.Start();
        return server;
    }
}
