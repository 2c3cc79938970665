using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.Chaos;

/// <summary>
/// The promises under failure, with real faults: servers are processes that are killed and paused, and the Redis is one that is
/// killed and emptied. The figures are printed; what is asserted is the promise, not the speed of the machine.
/// </summary>
[Trait("Category", "Chaos")]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);

    /// <summary>The promise, and what a loaded machine may add to the asking.</summary>
    private static readonly TimeSpan Patience = Promise + TimeSpan.FromSeconds(10);

    [RedisServerFact]
    public async Task KillingOneOfThreeServers_ItsConnectionsAreOutOfEveryRead_InFiveSeconds()
    {
        await using var cluster = await ChaosCluster.StartAsync(3);
        var clients = await cluster.ConnectAsync(1000, 100);
        Assert.Equal(new ClusterCounts(3, 100, 1000), await cluster.View.GetCountsAsync());
        var victim = cluster.Servers[0];

        await victim.KillAsync();

        var left = 1000 - clients.Count(c => c.Url == victim.Url);
        var clean = await Deadline.Until(async () => (await cluster.View.GetCountsAsync()).Connections == left, Patience);
        output.WriteLine($"reads were clean of a killed server with {1000 - left} connections after {clean.TotalSeconds:F2} s");
        var reaped = await Deadline.Until(async () => (await cluster.View.GetServersAsync()).Count == 2);
        output.WriteLine($"its entries were removed {reaped.TotalSeconds:F2} s later");
        await cluster.AssertRegistryEqualsRealityAsync();

        // Its clients can connect anywhere at once, and the others have heard of nothing.
        await using var again = await TestClient.ConnectAsync(cluster.Servers[1].Url, "account-0");
        Assert.All(clients.Where(c => c.Url != victim.Url), c => Assert.False(c.Client.Closed.IsCompleted));
        var result = await cluster.View.SendAsync("account-0", "x", [], new SendOptions { Receipts = true });
        Assert.True(result.IsComplete);
        Assert.Equal((await cluster.View.GetConnectionsAsync("account-0")).Count, result.Connections);
        Assert.InRange(clean, TimeSpan.Zero, Promise + TimeSpan.FromSeconds(1));
    }

    [RedisServerFact]
    public async Task AServerPausedPastItsLease_RegistersAgain_AndNobodyIsTwice()
    {
        await using var cluster = await ChaosCluster.StartAsync(2);
        var clients = await cluster.ConnectAsync(100, 10);
        var victim = cluster.Servers[0];
        var others = clients.Count(c => c.Url != victim.Url);

        var paused = TimeProvider.System.GetTimestamp();
        victim.Pause();
        var gone = await Deadline.Until(async () => (await cluster.View.GetCountsAsync()).Connections == others, Patience);
        output.WriteLine($"the paused server's connections were out of every read after {gone.TotalSeconds:F2} s");
        await Deadline.Until(async () => (await cluster.View.GetServersAsync()).Count == 1);
        await Deadline.Until(() => TimeProvider.System.GetElapsedTime(paused) > 2 * Lease);
        victim.Resume();

        var back = await Deadline.Until(async () => (await cluster.View.GetCountsAsync()) == new ClusterCounts(2, 10, 100), Patience);
        output.WriteLine($"all its connections were visible again {back.TotalSeconds:F2} s after it went on");
        Assert.InRange(back, TimeSpan.Zero, Promise);
        await cluster.AssertEverybodyIsReachedOnceAsync(clients);
    }

    [RedisServerFact]
    public async Task RedisKilled_ClientsStay_HandshakesAreNotHeldUp_AndTheRegistryIsWholeAgain()
    {
        await using var cluster = await ChaosCluster.StartAsync(2);
        var clients = await cluster.ConnectAsync(60, 6);
        var accounts = clients.Select(c => c.Account).Distinct().ToList();
        var before = await cluster.GetIdsAsync(accounts);

        await cluster.Redis.KillAsync();
        await Deadline.Until(() => !cluster.Connection.IsConnected);

        // While it is away, for ten seconds: connections of one server reach each other, new ones are let in at once.
        var handshakes = new List<TimeSpan>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        for (var i = 0; i < 20; i++)
        {
            await pace.WaitForNextTickAsync();
            var started = TimeProvider.System.GetTimestamp();
            var (url, account) = (cluster.Servers[i % 2].Url, $"account-{i % 6}");
            var client = await TestClient.ConnectAsync(url, account);
            handshakes.Add(TimeProvider.System.GetElapsedTime(started));
            clients.Add((url, account, client));

            var neighbours = clients.Where(c => c.Url == url && c.Account == account && c.Client != client).ToList();
            ChaosCluster.Empty(neighbours);
            await client.SendAsync($$"""{"event":"chat","args":["still here {{i}}"]}""");
            foreach (var neighbour in neighbours)
            {
                Assert.Contains($"still here {i}", await neighbour.Client.NextAsync(), StringComparison.Ordinal);
            }
        }

        Assert.All(clients, c => Assert.False(c.Client.Closed.IsCompleted));
        output.WriteLine($"20 handshakes without Redis took at most {handshakes.Max().TotalMilliseconds:F0} ms");

        await cluster.Redis.StartAgainAsync();
        var whole = await Deadline.Until(
            async () => cluster.Connection.IsConnected && await cluster.View.GetCountsAsync() == new ClusterCounts(2, 6, 80), Patience);
        output.WriteLine($"the registry was whole {whole.TotalSeconds:F2} s after Redis came back, empty");
        await cluster.SettleAsync(clients);
        await cluster.AssertEverybodyIsReachedOnceAsync(clients);

        // Each new connection was told of once, later, with its own arguments.
        var late = await cluster.GetIdsAsync(accounts);
        late.ExceptWith(before);
        Assert.Equal(20, late.Count);
        Assert.All(await cluster.AssertToldOfOnceAsync(late), e => Assert.True(e.Late));
    }

    [RedisServerFact]
    public async Task FlushAll_TheRegistryIsWholeAgain_InFiveSeconds()
    {
        await using var cluster = await ChaosCluster.StartAsync(3);
        var clients = await cluster.ConnectAsync(300, 30);

        await cluster.Connection.GetServers()[0].FlushAllDatabasesAsync();

        var whole = await Deadline.Until(async () => await cluster.View.GetCountsAsync() == new ClusterCounts(3, 30, 300), Patience);
        output.WriteLine($"the registry was whole {whole.TotalSeconds:F2} s after FLUSHALL");
        Assert.InRange(whole, TimeSpan.Zero, Promise);
        await cluster.AssertEverybodyIsReachedOnceAsync(clients);
    }

    [RedisServerFact]
    public async Task AServerThatIsAskedToStop_SaysGoodbye_AndLeavesNothing()
    {
        await using var cluster = await ChaosCluster.StartAsync(2);
        var clients = await cluster.ConnectAsync(40, 4);
        var victim = cluster.Servers[0];

        var code = await victim.StopAsync();

        Assert.Equal(0, code);
        Assert.Equal(clients.Count(c => c.Url != victim.Url), (await cluster.View.GetCountsAsync()).Connections);
        Assert.Single(await cluster.View.GetServersAsync());
        foreach (var (url, _, client) in clients)
        {
            if (url == victim.Url)
            {
                Assert.Contains("4503", await client.Closed.Within(), StringComparison.Ordinal);
            }
            else
            {
                Assert.False(client.Closed.IsCompleted);
            }
        }
    }
}
