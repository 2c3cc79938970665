using System.Text;
using Scaler.Cluster.Abstractions;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

// Registrations and removals: each has its own result, respects the limit, and runs in order.
public sealed partial class ServerRegistryContract
{
    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAsync_Twice_CountsOnce(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");

        await registry.RegisterAsync(server.EpochName, [Entry("acme", "1"), Entry("acme", "2")]);
        await registry.RegisterAsync(server.EpochName, [Entry("acme", "2"), Entry("other", "3")]);

        Assert.Equal(new ClusterCounts(1, 2, 3), await registry.GetCountsAsync());
        Assert.Equal(3, (await registry.RenewAsync(server, Lease, join: false)).RegisteredConnections);
        var acme = (await registry.GetAccountsAsync("", null, 10)).Accounts[0];
        Assert.Equal(("acme", 2, "a"), (acme.Name, acme.Connections, Assert.Single(acme.Servers)));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task UnregisterAsync_Twice_CountsOnce(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");
        await registry.RegisterAsync(server.EpochName, [Entry("acme", "1"), Entry("acme", "2")]);

        await registry.UnregisterAsync(server.EpochName, [Entry("acme", "1")]);
        await registry.UnregisterAsync(server.EpochName, [Entry("acme", "1")]);
        Assert.Equal(new ClusterCounts(1, 1, 1), await registry.GetCountsAsync());

        await registry.UnregisterAsync(server.EpochName, [Entry("acme", "2")]);
        Assert.Equal(new ClusterCounts(1, 0, 0), await registry.GetCountsAsync());
        Assert.Empty((await registry.GetAccountsAsync("", null, 10)).Accounts);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAsync_AboveTheClusterWideLimit_ReturnsFalse(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var (a, b) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));

        Assert.True(await registry.RegisterAsync(a.EpochName, [Entry("acme", "1")], 2));
        Assert.True(await registry.RegisterAsync(b.EpochName, [Entry("acme", "2")], 2));
        Assert.False(await registry.RegisterAsync(a.EpochName, [Entry("acme", "3")], 2));
        Assert.True(await registry.RegisterAsync(a.EpochName, [Entry("acme", "1")], 2));
        Assert.True(await registry.RegisterAsync(a.EpochName, [Entry("other", "4")], 2));

        // Connections of a dead server do not count.
        await registry.LeaveAsync(b.EpochName);
        Assert.True(await registry.RegisterAsync(a.EpochName, [Entry("acme", "3")], 2));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAsync_ServerAlreadyReaped_ThrowsAndRegistersNothing(Backend backend)
    {
        var (registry, bus, _) = await backends.NewClusterAsync(backend);
        var (late, other) = (await JoinAsync(registry, "late"), await JoinAsync(registry, "other"));
        await registry.RegisterAsync(late.EpochName, [Entry("acme", "1")]);
        await registry.RegisterAsync(other.EpochName, [Entry("else", "2")]);

        // Until the holder is reaped, a late registration is accepted: reaping will remove it.
        await registry.LeaveAsync(late.EpochName);
        Assert.True(await registry.RegisterAsync(late.EpochName, [Entry("acme", "3")]));
        while (await registry.ReapAsync(late.EpochName) > 0)
        {
        }

        await Assert.ThrowsAsync<RedisServerException>(() => registry.RegisterAsync(late.EpochName, [Entry("acme", "4"), Entry("else", "5")], 10));
        await registry.UnregisterAsync(late.EpochName, [Entry("acme", "1"), Entry("acme", "4")]);

        Assert.Equal("else", Assert.Single((await registry.GetAccountRangeAsync("", 0, null, 10)).Accounts).Name);
        Assert.Equal(new ClusterCounts(1, 1, 1), await registry.GetCountsAsync());
        Assert.Empty(await registry.GetRegistrationsAsync(late.EpochName, null, 10));
        Assert.Empty(await bus.SendToAccountAsync("acme", other.EpochName, new byte[1]));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAsync_SomeEntriesAboveTheLimit_RefusesOnlyThose(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");

        Assert.False(await registry.RegisterAsync(
            server.EpochName, [Entry("acme", "1"), Entry("acme", "2"), Entry("acme", "3"), Entry("acme", "1"), Entry("other", "4")], 2));

        Assert.Equal(["1", "2"], (await registry.GetConnectionsAsync("acme", 10)).Select(c => c.Id).Order());
        Assert.Equal("4", Assert.Single(await registry.GetConnectionsAsync("other", 10)).Id);
        Assert.Equal(new ClusterCounts(1, 2, 3), await registry.GetCountsAsync());
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAsync_ManyConcurrently_EachHasItsOwnResultAndLimit(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var (a, b) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));

        // Two servers concurrently, with five times as many connections as allowed, and one account without a limit.
        var limited = Enumerable.Range(0, 100).Select(i => registry.RegisterAsync(i % 4 == 0 ? b.EpochName : a.EpochName, [Entry($"acme-{i % 5}", $"c{i}")], 4)).ToList();
        var unlimited = Enumerable.Range(0, 100).Select(i => registry.RegisterAsync(a.EpochName, [Entry("any", $"d{i}")])).ToList();

        Assert.All(await Task.WhenAll(unlimited).WithTimeout(), Assert.True);
        Assert.Equal(20, (await Task.WhenAll(limited).WithTimeout()).Count(registered => registered));
        for (var i = 0; i < 5; i++)
        {
            var connections = (await registry.GetConnectionsAsync($"acme-{i}", 1000)).Select(c => c.Id).Order();
            Assert.Equal(connections, Enumerable.Range(0, 100).Where(c => c % 5 == i && limited[c].Result).Select(c => $"c{c}").Order());
            Assert.Equal(4, connections.Count());
        }

        Assert.Equal(new ClusterCounts(2, 6, 120), await registry.GetCountsAsync());
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAndUnregister_ManyConcurrently_RunInOrder(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");
        await registry.RegisterAsync(server.EpochName, [Entry("before", "x"), Entry("acme", "y")]);

        var writes = new List<Task>();
        for (var i = 0; i < 300; i++)
        {
            writes.Add(registry.RegisterAsync(server.EpochName, [Entry($"account-{i % 7}", $"c{i}")]));
            writes.Add(registry.UnregisterAsync(server.EpochName, [Entry($"account-{i % 7}", $"c{i}")]));
            writes.Add(registry.UnregisterAsync(server.EpochName, [Entry("acme", $"e{i}")]));
            writes.Add(registry.RegisterAsync(server.EpochName, [new RegistryEntry("acme", $"e{i}", Encoding.UTF8.GetBytes($$"""{"u":"{{i}}"}"""))]));
        }

        writes.Add(registry.UnregisterAsync(server.EpochName, [Entry("before", "x")]));
        await Task.WhenAll(writes).WithTimeout();

        Assert.Equal(new ClusterCounts(1, 1, 301), await registry.GetCountsAsync());
        Assert.Equal("acme", Assert.Single((await registry.GetAccountsAsync("", null, 10)).Accounts).Name);
        var connections = await registry.GetConnectionsAsync("acme", 1000);
        Assert.Equal(301, connections.Count);
        Assert.All(connections.Where(c => c.Id != "y"), c => Assert.Equal(c.Id, "e" + c.UserAgent));
        Assert.Equal(301, (await registry.GetRegistrationsAsync(server.EpochName, null, 1000)).Count);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RegisterAsync_MoreEntriesThanOneCallCarries_RegistersAll(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");
        var entries = Enumerable.Range(0, 1000).Select(i => Entry($"account-{i % 300}", $"c{i}")).ToList();

        Assert.True(await registry.RegisterAsync(server.EpochName, entries, 4));
        Assert.Equal(new ClusterCounts(1, 300, 1000), await registry.GetCountsAsync());

        await registry.UnregisterAsync(server.EpochName, entries);
        Assert.Equal(new ClusterCounts(1, 0, 0), await registry.GetCountsAsync());
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task LeaveAsync_RegistrationsPending_RunsAfterThem(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var (server, other) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));

        var writes = Enumerable.Range(0, 200).Select(i => registry.RegisterAsync(server.EpochName, [Entry("acme", $"c{i}")])).ToList();
        await registry.LeaveAsync(server.EpochName);
        Assert.All(writes, write => Assert.True(write.IsCompleted));
        while (await registry.ReapAsync(server.EpochName) > 0)
        {
        }

        Assert.Equal(new ClusterCounts(1, 0, 0), await registry.GetCountsAsync());
        Assert.Equal(other.Id, Assert.Single(await registry.GetServersAsync()).Id);
    }
}
