using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

/// <summary>Tests a server whose Redis does not respond for a while.</summary>
public sealed class PausedRedisTests
{
    [RedisServerFact]
    public async Task ConnectAndDisconnect_RedisPaused_LeavesNoRegistrations()
    {
        await using var process = await RedisProcess.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{process.Endpoint},asyncTimeout=60000");
        await using var operatorsRedis = await ConnectionMultiplexer.ConnectAsync($"{process.Endpoint},allowAdmin=true");
        await using var server = await ScalerTestServer.StartAsync(redis, "scaler", options =>
        {
            options.Cluster.LeaseDuration = TimeSpan.FromMinutes(1);
            (options.Cluster.RegistrationTimeout, options.Cluster.SendTimeout) = (TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1));
        });
        var registry = server.Cluster.Node.Registry;
        await operatorsRedis.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");

        // Each registration and each removal times out. Their commands are already on the way to Redis all the same.
        await using var stays = await TestClient.ConnectAsync(server.GetUrl(), "stays");
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => TestClient.ConnectAsync(server.GetUrl(), $"account-{i % 3}"))).WithTimeout();
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }

        await Deadline.WaitUntilAsync(() => server.Connections.Count() == 1);
        await operatorsRedis.GetDatabase().ExecuteAsync("CLIENT", "UNPAUSE");
        await Deadline.WaitUntilAsync(async () => (await registry.GetCountsAsync()).Connections == 1);

        // Redis runs this command after all commands sent before it.
        var holder = server.Cluster.Node.ServerEpoch;
        await registry.UnregisterAsync(holder, [new("absent", "none", default)]).WithTimeout();
        Assert.Equal("stays", Assert.Single(await registry.GetRegistrationsAsync(holder, null, 100)).Account);
        Assert.Equal("stays", Assert.Single((await registry.GetAccountsAsync("", null, 100)).Accounts).Name);
    }

    [RedisServerFact]
    public async Task LeaveAsync_RedisPaused_StopsListeningBeforeTheLeaseEnds()
    {
        await using var process = await RedisProcess.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{process.Endpoint},asyncTimeout=60000");
        await using var operatorsRedis = await ConnectionMultiplexer.ConnectAsync($"{process.Endpoint},asyncTimeout=60000,allowAdmin=true");
        await using var outside = new ScalerCluster(operatorsRedis, new ScalerOptions { Prefix = "scaler" });
        await using var server = await ScalerTestServer.StartAsync(redis, "scaler", options =>
            (options.Cluster.LeaseDuration, options.Cluster.LeaseRenewal) = (TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2)));

        // An interrupted drain leaves a registration without a connection.
        var node = server.Cluster.Node;
        await node.Registry.RegisterAsync(node.ServerEpoch, [new("acme", "gone", default)]);
        Assert.Equal(1, (await outside.SendAsync("acme", "one", [])).Servers);
        var channel = RedisChannel.Literal($"{{scaler}}:to:{node.ServerEpoch}");
        Assert.Equal(1, await operatorsRedis.GetServers()[0].SubscriptionSubscriberCountAsync(channel));

        // The write that ends the lease is blocked by the pause. UNSUBSCRIBE is not.
        await operatorsRedis.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        var leaving = server.Membership.LeaveAsync(default);
        await Deadline.WaitUntilAsync(async () => await operatorsRedis.GetServers()[0].SubscriptionSubscriberCountAsync(channel) == 0);
        Assert.False(leaving.IsCompleted);
        var sending = outside.SendAsync("acme", "two", []);
        await operatorsRedis.GetDatabase().ExecuteAsync("CLIENT", "UNPAUSE");

        Assert.Equal(0, (await sending.WithTimeout()).Servers);
        await leaving.WithTimeout();
        Assert.True((await outside.SendAsync("acme", "three", [])).IsComplete);
    }
}
