using System.Text;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Registry;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

public sealed class RedisServerRegistryTests(Backends backends) : IClassFixture<Backends>
{
    private const string Holder = "a.1";

    [RedisServerFact]
    public async Task RegisterAsync_RedisPaused_IsNotReorderedAfterTheRemoval()
    {
        var (redis, keys) = (await backends.ConnectAsync(Backend.RedisServer), new RedisKeys(backends.NewPrefix()));
        var operatorsRedis = (await backends.ConnectAsync(Backend.RedisServer)).GetDatabase();
        var registry = new RedisServerRegistry(redis, keys);
        await registry.RenewAsync(new ServerInfo { Id = "a", Epoch = 1 }, TimeSpan.FromMinutes(1), join: true);

        // Redis is paused: the first call is in flight and all later calls wait. Their callers may have timed out by then.
        await operatorsRedis.ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        var writes = Enumerable.Range(0, 200).SelectMany(i => (Task[])
        [
            registry.RegisterAsync(Holder, [Entry(i)], 1000),
            registry.UnregisterAsync(Holder, [Entry(i)]),
        ]).ToList();
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        await operatorsRedis.ExecuteAsync("CLIENT", "UNPAUSE");
        await Task.WhenAll(writes).WithTimeout();

        Assert.Empty(await registry.GetRegistrationsAsync(Holder, null, 10));
        Assert.Equal(new ClusterCounts(1, 0, 0), await registry.GetCountsAsync());
        Assert.False(await redis.GetDatabase().KeyExistsAsync(keys.Facts(Holder)));
    }

    [Theory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAsync_TwoServersConcurrently_NeverExceedsTheLimit(Backend backend)
    {
        const int Allowed = 5;
        var keys = new RedisKeys(backends.NewPrefix());
        var (one, two) = (new RedisServerRegistry(await backends.ConnectAsync(backend), keys), new RedisServerRegistry(await backends.ConnectAsync(backend), keys));
        await one.RenewAsync(new ServerInfo { Id = "a", Epoch = 1 }, TimeSpan.FromMinutes(1), join: true);
        await two.RenewAsync(new ServerInfo { Id = "b", Epoch = 1 }, TimeSpan.FromMinutes(1), join: true);

        // If scripts did not run atomically, one would count connections that another is about to change.
        for (var round = 0; round < 50; round++)
        {
            var account = $"acme-{round}";
            var registered = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
                (i % 2 == 0 ? one : two).RegisterAsync(i % 2 == 0 ? Holder : "b.1", [new RegistryEntry(account, $"c{round}-{i}", "{}"u8.ToArray())], Allowed))).WithTimeout();
            Assert.Equal(Allowed, registered.Count(static result => result));
        }
    }

    [RedisServerFact]
    public async Task RegisterAsync_ManyWhileACallIsInFlight_AreBatchedIntoFewCalls()
    {
        var redis = await backends.ConnectAsync(Backend.RedisServer);
        var operatorsRedis = (await backends.ConnectAsync(Backend.RedisServer)).GetDatabase();
        var registry = new RedisServerRegistry(redis, new RedisKeys(backends.NewPrefix()));
        await registry.RenewAsync(new ServerInfo { Id = "a", Epoch = 1 }, TimeSpan.FromMinutes(1), join: true);
        await registry.RegisterAsync(Holder, [Entry(0)], 0);

        var before = await RedisCommandStats.CountScriptsAsync(redis);
        await registry.RegisterAsync(Holder, [Entry(1)], 0);
        Assert.Equal(before + 1, await RedisCommandStats.CountScriptsAsync(redis));

        await operatorsRedis.ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        var writes = Enumerable.Range(0, 1 + (2 * PublishBatcher<RegistryWrite>.MaxEntries)).Select(i => registry.RegisterAsync(Holder, [Entry(i)], 0)).ToList();
        await operatorsRedis.ExecuteAsync("CLIENT", "UNPAUSE");
        Assert.All(await Task.WhenAll(writes).WithTimeout(), Assert.True);
        Assert.Equal(before + 1 + 3, await RedisCommandStats.CountScriptsAsync(redis));
    }

    [Theory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAndUnregister_EveryKeyWritten_Expires(Backend backend)
    {
        var (redis, keys) = (await backends.ConnectAsync(backend), new RedisKeys(backends.NewPrefix()));
        var (registry, database) = (new RedisServerRegistry(redis, keys), redis.GetDatabase());
        await registry.RenewAsync(new ServerInfo { Id = "a", Epoch = 1 }, TimeSpan.FromMinutes(1), join: true);
        await registry.RenewAsync(new ServerInfo { Id = "b", Epoch = 1 }, TimeSpan.FromMinutes(1), join: true);

        await registry.RegisterAsync(Holder, [Entry(0), Entry(1)], 0);
        await registry.UnregisterAsync(Holder, [Entry(0)]);
        await registry.RegisterAsync("b.1", [Entry(2)], 0);

        foreach (var key in (RedisKey[])[keys.Locations, keys.Accounts, keys.Connections(Holder), keys.Facts(Holder), keys.Connections("b.1"), keys.Facts("b.1")])
        {
            Assert.NotNull(await database.KeyTimeToLiveAsync(key));
        }
    }

    private static RegistryEntry Entry(int i) => new($"account-{i % 3}", $"c{i}", Encoding.UTF8.GetBytes("{}"));
}
