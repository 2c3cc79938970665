using System.Text;
using Scaler.Cluster.Abstractions;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster;

/// <summary>Tests the contract that every server registry must meet.</summary>
public sealed partial class ServerRegistryContract(Backends backends) : IClassFixture<Backends>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RenewAsync_Joining_ReturnsEveryServer(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);

        await registry.RenewAsync(Server("a") with { Connections = 7, Url = "http://a" }, Lease, join: true);
        var answer = await registry.RenewAsync(Server("b"), Lease, join: true);

        Assert.True(answer.IsHeld);
        Assert.Equal(["a", "b"], answer.Servers.Select(s => s.Id));
        Assert.Equal((7, "http://a", ServerState.Up), (answer.Servers[0].Connections, answer.Servers[0].Url, answer.Servers[0].State));
        Assert.InRange(answer.Servers[1].LeaseRemaining, Lease - TimeSpan.FromSeconds(10), Lease);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RenewAsync_WithoutALease_IsRefused(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);

        Assert.False((await registry.RenewAsync(Server("a"), Lease, join: false)).IsHeld);
        Assert.Empty(await registry.GetServersAsync());
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RenewAsync_AfterLeaving_IsRefused(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = Server("a");
        await registry.RenewAsync(server, Lease, join: true);

        await registry.LeaveAsync(server.EpochName);

        Assert.False((await registry.RenewAsync(server, Lease, join: false)).IsHeld);
        Assert.Equal(ServerState.Dead, Assert.Single(await registry.GetServersAsync()).State);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RenewAsync_JoiningWithANewEpoch_EndsThePreviousEpoch(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var previous = Server("a");
        await registry.RenewAsync(previous, Lease, join: true);
        await registry.RegisterAsync(previous.EpochName, [Entry("acme", "1")]);

        await registry.RenewAsync(previous with { Epoch = previous.Epoch + 1 }, Lease, join: true);

        Assert.Empty(await registry.GetConnectionsAsync("acme", 10));
        Assert.Equal([ServerState.Dead, ServerState.Up], (await registry.GetServersAsync()).Select(s => s.State));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RenewAsync_ServerIdIsAPrefixOfAnother_KeepsTheOtherServer(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        await registry.RenewAsync(Server("a1"), Lease, join: true);

        var answer = await registry.RenewAsync(Server("a"), Lease, join: true);

        Assert.All(answer.Servers, s => Assert.Equal(ServerState.Up, s.State));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task Reads_ServerLeaseEnded_OmitItsConnections(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var (a, b) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));
        await registry.RegisterAsync(a.EpochName, [Entry("acme", "1"), Entry("only-a", "2")]);
        await registry.RegisterAsync(b.EpochName, [Entry("acme", "3")]);

        await registry.LeaveAsync(a.EpochName);

        Assert.Equal("3", Assert.Single(await registry.GetConnectionsAsync("acme", 10)).Id);
        Assert.Empty(await registry.GetConnectionsAsync("only-a", 10));
        var account = Assert.Single((await registry.GetAccountsAsync("", null, 10)).Accounts);
        Assert.Equal(("acme", 1), (account.Name, account.Connections));
        Assert.Equal(1, (await registry.GetCountsAsync()).Connections);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task RenewAsync_LeaseExpired_IsRefused(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = Server("a");
        await registry.RenewAsync(server, TimeSpan.FromMilliseconds(50), join: true);
        await registry.RegisterAsync(server.EpochName, [Entry("acme", "1")]);

        await Deadline.WaitUntilAsync(async () => (await registry.GetServersAsync())[0].State == ServerState.Dead);

        Assert.Empty(await registry.GetConnectionsAsync("acme", 10));
        Assert.False((await registry.RenewAsync(server, Lease, join: false)).IsHeld);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task ReapAsync_DeadServer_RemovesOnlyThatServer(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var (dead, alive) = (await JoinAsync(registry, "dead"), await JoinAsync(registry, "alive"));
        await registry.RegisterAsync(dead.EpochName, [.. Enumerable.Range(0, 600).Select(i => Entry($"account-{i % 200}", $"d{i}"))]);
        await registry.RegisterAsync(alive.EpochName, [.. Enumerable.Range(0, 100).Select(i => Entry($"account-{i}", $"a{i}"))]);
        Assert.True(await registry.ReapAsync(dead.EpochName) < 0);

        await registry.LeaveAsync(dead.EpochName);
        while (await registry.ReapAsync(dead.EpochName) > 0)
        {
        }

        Assert.Equal(new ClusterCounts(1, 100, 100), await registry.GetCountsAsync());
        Assert.Equal("alive", Assert.Single(await registry.GetServersAsync()).Id);
        Assert.Empty(await registry.GetRegistrationsAsync(dead.EpochName, null, 10));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task GetAccountsAsync_PageByPage_ReturnsEachAccountOnceInOrder(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var (a, b) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));
        var dead = await JoinAsync(registry, "dead");
        string[] names = ["ab", "abc", "abd", "b*", "b?", "bé", "c:d", "{x}", "ß"];
        await registry.RegisterAsync(a.EpochName, [.. names.Select((n, i) => Entry(n, $"a{i}"))]);
        await registry.RegisterAsync(b.EpochName, [.. names.Select((n, i) => Entry(n, $"b{i}"))]);
        await registry.RegisterAsync(dead.EpochName, [.. Enumerable.Range(0, 20).Select(i => Entry($"abb{i}", $"x{i}"))]);
        await registry.LeaveAsync(dead.EpochName);

        Assert.Equal(names, await AllAsync(registry, ""));
        Assert.Equal(["ab", "abc", "abd"], await AllAsync(registry, "ab"));
        Assert.Equal(["b*", "b?", "bé"], await AllAsync(registry, "b"));
        Assert.Empty(await AllAsync(registry, "zz"));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task GetAccounts_AnyUnicodeCharacters_AreInUtf8ByteOrder(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");

        // The last four names begin with a surrogate pair. In UTF-16 order they would sort before U+E000 and U+FFEE.
        string[] names = ["a", "é", "한", "\ue000", "\uffee", "\U00010000", "\U0001f600", "\U0001f600a", "\U0010fffd"];
        await registry.RegisterAsync(server.EpochName, [.. names.Select((n, i) => Entry(n, $"a{i}")).Reverse()]);

        Assert.Equal(names, await AllAsync(registry, ""));
        AssertRange(await registry.GetAccountRangeAsync("", 0, null, 20), 0, 9, names);
        AssertRange(await registry.GetAccountRangeAsync("", 0, "\uffee", 2), 4, 9, "\uffee", "\U00010000");
        AssertRange(await registry.GetAccountRangeAsync("", -1, "\U00010000", 2), 4, 9, "\uffee", "\U00010000");

        // The previous page cannot have ended with these accounts: one sorts before the prefix, the other after it.
        Assert.Equal(["\U0001f600", "\U0001f600a"], (await registry.GetAccountsAsync("\U0001f600", "\ue000", 10)).Accounts.Select(a => a.Name));
        Assert.Empty((await registry.GetAccountsAsync("\ue000", "\U00010000", 10)).Accounts);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task GetAccountRangeAsync_WithPrefix_CountsPositionsWithinThePrefix(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var (a, b) = (await JoinAsync(registry, "a"), await JoinAsync(registry, "b"));
        string[] names = ["ab", "abc", "abd", "abé", "b*", "b?", "{x}", "ß"];
        await registry.RegisterAsync(a.EpochName, [.. names.Select((n, i) => Entry(n, $"a{i}"))]);
        await registry.RegisterAsync(b.EpochName, [Entry("abd", "b1"), Entry("abd", "b2")]);

        AssertRange(await registry.GetAccountRangeAsync("", 0, null, 3), 0, 8, "ab", "abc", "abd");
        AssertRange(await registry.GetAccountRangeAsync("", 6, null, 5), 6, 8, "{x}", "ß");
        AssertRange(await registry.GetAccountRangeAsync("ab", 1, null, 2), 1, 4, "abc", "abd");
        AssertRange(await registry.GetAccountRangeAsync("b", 0, null, 5), 0, 2, "b*", "b?");
        AssertRange(await registry.GetAccountRangeAsync("b", -3, null, 1), 0, 2, "b*");
        AssertRange(await registry.GetAccountRangeAsync("b", 2, null, 5), 2, 2);
        AssertRange(await registry.GetAccountRangeAsync("b", 1_000_000_000_000, null, 5), 2, 2);
        AssertRange(await registry.GetAccountRangeAsync("zz", 0, null, 5), 0, 0);
        var abd = (await registry.GetAccountRangeAsync("abd", 0, null, 1)).Accounts[0];
        Assert.Equal((3, "a,b"), (abd.Connections, string.Join(',', abd.Servers.Order())));
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task GetAccountRangeAsync_FromAnAccount_StaysAtItEvenIfItIsRemoved(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");
        await registry.RegisterAsync(server.EpochName, [.. "bdfhj".Select(n => Entry($"x{n}", $"{n}"))]);
        AssertRange(await registry.GetAccountRangeAsync("x", 0, "xf", 2), 2, 5, "xf", "xh");

        // Accounts added or removed before it change its position, but not the accounts returned.
        await registry.RegisterAsync(server.EpochName, [Entry("a", "0"), Entry("xa", "1"), Entry("xc", "2")]);
        AssertRange(await registry.GetAccountRangeAsync("x", 0, "xf", 2), 4, 7, "xf", "xh");
        AssertRange(await registry.GetAccountRangeAsync("x", -1, "xf", 2), 3, 7, "xd", "xf");
        await registry.UnregisterAsync(server.EpochName, [Entry("xf", "f"), Entry("xa", "1")]);
        AssertRange(await registry.GetAccountRangeAsync("x", 0, "xf", 2), 3, 5, "xh", "xj");
        AssertRange(await registry.GetAccountRangeAsync("x", 0, "a", 1), 0, 5, "xb");
        AssertRange(await registry.GetAccountRangeAsync("x", 0, "z", 1), 5, 5);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task GetAccountRangeAsync_AccountOfADeadServer_KeepsItsPositionUntilReaped(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var (alive, dead) = (await JoinAsync(registry, "alive"), await JoinAsync(registry, "dead"));
        await registry.RegisterAsync(alive.EpochName, [Entry("a", "1"), Entry("b", "2"), Entry("d", "3")]);
        await registry.RegisterAsync(dead.EpochName, [Entry("b", "4"), Entry("c", "5")]);
        await registry.LeaveAsync(dead.EpochName);

        var range = await registry.GetAccountRangeAsync("", 0, null, 10);
        AssertRange(range, 0, 4, "a", "b", "c", "d");
        Assert.Equal([1, 1, 0, 1], range.Accounts.Select(account => account.Connections));
        Assert.Equal((0, "alive"), (range.Accounts[2].Servers.Count, Assert.Single(range.Accounts[1].Servers)));

        while (await registry.ReapAsync(dead.EpochName) > 0)
        {
        }

        AssertRange(await registry.GetAccountRangeAsync("", 0, null, 10), 0, 3, "a", "b", "d");
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task GetConnectionsAsync_RegisteredConnection_ReturnsItsDetails(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");
        var facts = new ConnectionMetadata
        {
            Transport = "websocket",
            ProtocolVersion = 4,
            RemoteAddress = "127.0.0.1",
            UserAgent = "node",
            SinceUnixMilliseconds = 1_700_000_000_000,
        };
        await registry.RegisterAsync(server.EpochName, [new RegistryEntry("acme", "c1", facts.Write()), Entry("acme2", "c2")]);

        var connection = Assert.Single(await registry.GetConnectionsAsync("acme", 10));

        Assert.Equal(("c1", "a", "websocket", 4, "127.0.0.1", "node"),
            (connection.Id, connection.Server, connection.Transport, connection.ProtocolVersion, connection.RemoteAddress, connection.UserAgent));
        Assert.Equal(1_700_000_000_000, connection.Since.ToUnixTimeMilliseconds());
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task GetHoldingsAsync_PageByPage_ReturnsEveryEntryOnce(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);
        var server = await JoinAsync(registry, "a");
        await registry.RegisterAsync(server.EpochName, [.. Enumerable.Range(0, 25).Select(i => Entry($"account-{i % 3}", $"c{i}"))]);

        var all = new List<RegistryEntry>();
        while (await registry.GetRegistrationsAsync(server.EpochName, all.Count == 0 ? null : all[^1], 10) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        Assert.Equal(25, all.Select(e => (e.Account, e.ConnectionId)).Distinct().Count());
        Assert.Equal(25, all.Count);
    }

    [Theory, OnInMemory, OnGarnet, OnRedisServer, OnRedisCluster]
    public async Task ShareSecretAsync_TwoProposals_ReturnsTheFirst(Backend backend)
    {
        var (registry, _, _) = await backends.NewClusterAsync(backend);

        Assert.Equal("first", await registry.ShareSecretAsync("first"));
        Assert.Equal("first", await registry.ShareSecretAsync("second"));
    }

    private static void AssertRange(AccountRange range, long position, long total, params string[] names)
    {
        Assert.Equal(names, range.Accounts.Select(account => account.Name));
        Assert.Equal((position, total), (range.Position, range.Total));
    }

    private static ServerInfo Server(string id) => new() { Id = id, Epoch = 1_700_000_000_000 };

    private static RegistryEntry Entry(string account, string id) => new(account, id, Encoding.UTF8.GetBytes("{}"));

    private static async Task<ServerInfo> JoinAsync(IServerRegistry registry, string id)
    {
        var server = Server(id);
        await registry.RenewAsync(server, Lease, join: true);
        return server;
    }

    private static async Task<List<string>> AllAsync(IServerRegistry registry, string prefix)
    {
        var names = new List<string>();
        for (string? after = null; ;)
        {
            var page = await registry.GetAccountsAsync(prefix, after, 2);
            names.AddRange(page.Accounts.Select(a => a.Name));
            if ((after = page.Next) is null)
            {
                return names;
            }
        }
    }
}
