using Garnet;
using Scaler.Cluster.Redis;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Errors;

public sealed class ErrorLogTests(Backends backends) : IClassFixture<Backends>
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

    [Theory]
    [OnGarnet]
    [OnRedisServer]
    [OnRedisCluster]
    public async Task AppendAsync_NoisyAccount_KeepsTheEventsOfOtherAccounts(Backend backend)
    {
        await using var cluster = new ScalerCluster(
            await backends.ConnectAsync(backend), new ScalerOptions { Prefix = backends.NewPrefix() });
        await cluster.Errors.AppendAsync([.. Enumerable.Range(0, 50).Select(static i => OfAccount($"calm {i % 5}", $"{i}"))]);

        // A client cannot hide in the share of another account.
        const string Imitation = "\"account\":\"calm 1\"";
        for (var batch = 0; batch < 20; batch++)
        {
            await cluster.Errors.AppendAsync(
                [.. Enumerable.Range(0, 100).Select(i => OfAccount("noisy\"\\", $"{batch} {i} {Imitation}"))]);
        }

        var kept = await cluster.GetRecentErrorsAsync(ErrorLog.MaxEntries);
        Assert.Equal(50, kept.Count(static error => error.Account!.StartsWith("calm", StringComparison.Ordinal)));
        var noise = kept.Where(static error => error.Account == "noisy\"\\").ToList();
        Assert.InRange(noise.Count, ErrorLog.MaxEntriesPerAccount, ErrorLog.MaxEntriesPerAccount * 3 / 2);
        Assert.Equal($"19 99 {Imitation}", noise[0].Arguments[0]);
        Assert.Equal(kept.Count, noise.Count + 50);
    }

    [Theory]
    [OnGarnet]
    [OnRedisServer]
    public async Task AppendAsync_MoreThanTheMaximum_EvictsTheOldestAndForgetsTheirAccounts(Backend backend)
    {
        var redis = await backends.ConnectAsync(backend);
        var options = new ScalerOptions { Prefix = backends.NewPrefix() };
        await using var cluster = new ScalerCluster(redis, options);
        for (var i = 0; i < 12; i++)
        {
            await cluster.Errors.AppendAsync(
                [.. Enumerable.Range(0, 100).Select(n => OfAccount(n == 0 ? null : $"account {i}", $"{n}"))]);
        }

        var kept = await cluster.GetRecentErrorsAsync(ErrorLog.MaxEntries);
        Assert.Equal((ErrorLog.MaxEntries, null, "account 2"), (kept.Count, kept[^1].Account, kept[^2].Account));
        var counts = await redis.GetDatabase().HashGetAllAsync(new RedisKeys(options.Prefix).ErrorsPerAccount);
        Assert.Equal(
            kept.CountBy(static error => error.Account ?? "").OrderBy(static count => count.Key, StringComparer.Ordinal)
                .Select(static count => (count.Key, (long)count.Value)),
            counts.Select(static entry => (entry.Name.ToString(), (long)entry.Value))
                .OrderBy(static count => count.Item1, StringComparer.Ordinal));
    }

    [Fact]
    public async Task ErrorPublisher_NoisyAccountDuringAnOutage_KeepsTheEventsOfOtherAccounts()
    {
        var redis = await backends.ConnectAsync(Backend.Garnet);
        await using var cluster = new ScalerCluster(redis, new ScalerOptions { Prefix = backends.NewPrefix() });
        var errors = new ScalerErrors();
        using var publisher = new ErrorPublisher(errors, cluster.Errors, TimeProvider.System);
        errors.Raise(OfAccount("calm", "first"), static (_, _) => { });
        for (var i = 0; i < 5000; i++)
        {
            errors.Raise(OfAccount("noisy", "x"), static (_, _) => { });
        }

        errors.Raise(OfAccount("calm", "last"), static (_, _) => { });
        await publisher.StartAsync(default);

        await Deadline.WaitUntilAsync(async () =>
            (await cluster.GetRecentErrorsAsync(ErrorLog.MaxEntries)).Count(static error => error.Account == "calm") == 2);
        await publisher.StopAsync(default);
    }

    private static ScalerError OfAccount(string? account, string argument) =>
        Error with { Account = account, Arguments = [argument] };

    private static GarnetServer Start(int port)
    {
        var server = new GarnetServer(["--port", $"{port}", "--bind", "127.0.0.1", "--lua"]);
        server.Start();
        return server;
    }
}
