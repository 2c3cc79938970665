using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.Chaos;

/// <summary>
/// Tests the guarantees under real faults: server processes are killed and paused, and Redis is killed and flushed. The
/// tests print the measured times, and assert only the guarantee, not the speed of the machine.
/// </summary>
[Trait("Category", "Chaos")]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Guarantee = TimeSpan.FromSeconds(5);

    /// <summary>The guaranteed time, plus the time that polling may add on a loaded machine.</summary>
    private static readonly TimeSpan MaxWait = Guarantee + TimeSpan.FromSeconds(10);

    [RedisServerFact]
    public async Task ServerKilled_OfThree_ItsConnectionsLeaveAllReadsWithinFiveSeconds()
    {
        await using var cluster = await ChaosCluster.StartAsync(3);
        var clients = await cluster.ConnectAsync(1000, 100);
        Assert.Equal(new ClusterCounts(3, 100, 1000), await cluster.View.GetCountsAsync());
        var victim = cluster.Servers[0];

        await victim.KillAsync();

        var remaining = 1000 - clients.Count(c => c.Url == victim.Url);
        var excluded = await Deadline.WaitUntilAsync(async () => (await cluster.View.GetCountsAsync()).Connections == remaining, MaxWait);
        output.WriteLine(
            $"reads excluded the {1000 - remaining} connections of the killed server after {excluded.TotalSeconds:F2} s");
        var reaped = await Deadline.WaitUntilAsync(async () => (await cluster.View.GetServersAsync()).Count == 2);
        output.WriteLine($"the registry entries of the killed server were removed {reaped.TotalSeconds:F2} s later");
        await cluster.AssertRegistryMatchesServersAsync();

        // The clients of the killed server can connect to any other server. The clients of the other servers are not affected.
        await using var again = await TestClient.ConnectAsync(cluster.Servers[1].Url, "account-0");
        Assert.All(clients.Where(c => c.Url != victim.Url), c => Assert.False(c.Client.Closed.IsCompleted));
        var result = await cluster.View.SendAsync("account-0", "x", [], new SendOptions { Receipts = true });
        Assert.True(result.IsComplete);
        Assert.Equal((await cluster.View.GetConnectionsAsync("account-0")).Count, result.Connections);
        Assert.InRange(excluded, TimeSpan.Zero, Guarantee + TimeSpan.FromSeconds(1));
    }

    [RedisServerFact]
    public async Task ServerPaused_PastItsLease_ReregistersWithoutDuplicates()
    {
        await using var cluster = await ChaosCluster.StartAsync(2);
        var clients = await cluster.ConnectAsync(100, 10);
        var victim = cluster.Servers[0];
        var others = clients.Count(c => c.Url != victim.Url);

        var paused = TimeProvider.System.GetTimestamp();
        victim.Pause();
        var gone = await Deadline.WaitUntilAsync(async () => (await cluster.View.GetCountsAsync()).Connections == others, MaxWait);
        output.WriteLine($"reads excluded the connections of the paused server after {gone.TotalSeconds:F2} s");
        await Deadline.WaitUntilAsync(async () => (await cluster.View.GetServersAsync()).Count == 1);
        await Deadline.WaitUntilAsync(() => TimeProvider.System.GetElapsedTime(paused) > 2 * Lease);
        victim.Resume();

        var back = await Deadline.WaitUntilAsync(
            async () => (await cluster.View.GetCountsAsync()) == new ClusterCounts(2, 10, 100), MaxWait);
        output.WriteLine($"all its connections were visible again {back.TotalSeconds:F2} s after it resumed");
        Assert.InRange(back, TimeSpan.Zero, Guarantee);
        await cluster.AssertEachClientReceivesOnceAsync(clients);
    }

    [RedisServerFact]
    public async Task RedisKilled_ForTenSeconds_KeepsClientsAcceptsHandshakesAndRestoresTheRegistry()
    {
        await using var cluster = await ChaosCluster.StartAsync(2);
        var clients = await cluster.ConnectAsync(60, 6);
        var accounts = clients.Select(c => c.Account).Distinct().ToList();
        var before = await cluster.GetIdsAsync(accounts);

        await cluster.Redis.KillAsync();
        await Deadline.WaitUntilAsync(() => !cluster.Connection.IsConnected);

        // During the outage of ten seconds, connections of the same server reach each other, and handshakes complete without
        // delay.
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
            ChaosCluster.DiscardMessages(neighbours);
            await client.SendAsync($$"""{"event":"chat","args":["still here {{i}}"]}""");
            foreach (var neighbour in neighbours)
            {
                Assert.Contains($"still here {i}", await neighbour.Client.ReadMessageAsync(), StringComparison.Ordinal);
            }
        }

        Assert.All(clients, c => Assert.False(c.Client.Closed.IsCompleted));
        output.WriteLine($"20 handshakes without Redis took at most {handshakes.Max().TotalMilliseconds:F0} ms");

        await cluster.Redis.RestartAsync();
        var restored = await Deadline.WaitUntilAsync(
            async () => cluster.Connection.IsConnected && await cluster.View.GetCountsAsync() == new ClusterCounts(2, 6, 80), MaxWait);
        output.WriteLine($"the registry was complete {restored.TotalSeconds:F2} s after Redis restarted without data");
        await cluster.DrainAsync(clients);
        await cluster.AssertEachClientReceivesOnceAsync(clients);

        // Each new connection was reported once, afterwards, with its own arguments.
        var late = await cluster.GetIdsAsync(accounts);
        late.ExceptWith(before);
        Assert.Equal(20, late.Count);
        Assert.All(await cluster.AssertConnectErrorsReportedOnceAsync(late), e => Assert.True(e.Late));
    }

    [RedisServerFact]
    public async Task FlushAll_WithConnectedClients_RestoresTheRegistryWithinFiveSeconds()
    {
        await using var cluster = await ChaosCluster.StartAsync(3);
        var clients = await cluster.ConnectAsync(300, 30);

        await cluster.Connection.GetServers()[0].FlushAllDatabasesAsync();

        var restored = await Deadline.WaitUntilAsync(
            async () => await cluster.View.GetCountsAsync() == new ClusterCounts(3, 30, 300), MaxWait);
        output.WriteLine($"the registry was complete {restored.TotalSeconds:F2} s after FLUSHALL");
        Assert.InRange(restored, TimeSpan.Zero, Guarantee);
        await cluster.AssertEachClientReceivesOnceAsync(clients);
    }

    [RedisServerFact]
    public async Task ServerStopped_WithSigterm_ClosesItsConnectionsAndLeavesTheRegistry()
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
                Assert.Contains("4503", await client.Closed.WithTimeout(), StringComparison.Ordinal);
            }
            else
            {
                Assert.False(client.Closed.IsCompleted);
            }
        }
    }
}
