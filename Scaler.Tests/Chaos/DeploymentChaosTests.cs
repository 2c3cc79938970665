using System.Collections.Concurrent;
using System.Text;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Registry;
using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.Chaos;

/// <summary>Tests servers that join and leave the cluster.</summary>
[Trait("Category", "Chaos")]
public sealed class DeploymentChaosTests(ITestOutputHelper output)
{
    [RedisServerFact]
    public async Task DeadServer_WithManyConnections_IsRemovedFromTheRegistry()
    {
        const int Connections = 20_000;
        await using var cluster = await ChaosCluster.StartAsync(2);
        var registry = new RedisServerRegistry(cluster.Connection, new RedisKeys("scaler"));
        var dead = new ServerInfo { Id = "dead", Epoch = 1 };
        await registry.RenewAsync(dead, TimeSpan.FromSeconds(5), join: true);
        foreach (var batch in Enumerable.Range(0, Connections).Chunk(500))
        {
            await registry.RegisterAsync(dead.EpochName, [.. batch.Select(i => new RegistryEntry($"many-{i % 7000}", $"c{i}", Encoding.ASCII.GetBytes("{}")))], 0);
        }

        await registry.LeaveAsync(dead.EpochName);

        Assert.Equal(0, (await cluster.View.GetCountsAsync()).Connections);
        var reaped = await Deadline.WaitUntilAsync(async () =>
            (await cluster.View.GetServersAsync()).Count == 2 && await cluster.View.GetCountsAsync() == new ClusterCounts(2, 0, 0));
        output.WriteLine($"{Connections} entries of a dead server were removed in {reaped.TotalSeconds:F2} s");
        var slow = (await cluster.Connection.GetServers()[0].SlowlogGetAsync()).Where(s => s.Duration > TimeSpan.FromMilliseconds(10)).ToList();
        output.WriteLine($"{slow.Count} commands took Redis more than 10 ms");
    }

    [RedisServerFact]
    public async Task RollingRestart_OfThreeServersUnderLoad_LosesOnlyReportedMessages()
    {
        await using var cluster = await ChaosCluster.StartAsync(3);
        await using var proxy = new TcpProxy([.. cluster.Servers.Select(s => new Uri(s.Url).Port)]);
        var url = $"http://127.0.0.1:{proxy.Port}";
        using var stopping = new CancellationTokenSource();
        var connected = new ConcurrentDictionary<int, TestClient>();
        var reconnects = 0;

        // Clients that reconnect to any server that accepts them, as applications with engine.io-client do.
        var clients = Enumerable.Range(0, 60).Select(async i =>
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    var client = await TestClient.ConnectAsync(url, $"account-{i % 6}");
                    connected[i] = client;
                    await Task.WhenAny(client.Closed, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping.Token));
                    connected.TryRemove(i, out _);
                    await client.DisposeAsync();
                    Interlocked.Increment(ref reconnects);
                }
                catch (Exception exception) when (exception is HttpRequestException or System.Net.WebSockets.WebSocketException)
                {
                    await pause.WaitForNextTickAsync();
                }
            }
        }).ToArray();
        await Deadline.WaitUntilAsync(() => connected.Count == 60);

        var (sent, complete) = (0, 0);
        var load = Task.Run(async () =>
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            while (!stopping.IsCancellationRequested)
            {
                sent++;
                complete += (await cluster.View.SendAsync($"account-{sent % 6}", "load", [sent], new SendOptions { Receipts = true })).IsComplete ? 1 : 0;
                await pause.WaitForNextTickAsync();
            }
        });

        for (var i = 0; i < cluster.Servers.Length; i++)
        {
            var port = new Uri(cluster.Servers[i].Url).Port;
            Assert.Equal(0, await cluster.Servers[i].StopAsync());
            await cluster.Servers[i].DisposeAsync();
            cluster.Servers[i] = await ChaosCluster.StartServerAsync(cluster.Redis.Endpoint, "--urls", $"http://127.0.0.1:{port}");
            await cluster.WaitUntilUpAsync(3);
        }

        await Deadline.WaitUntilAsync(() => connected.Count == 60);
        await Deadline.WaitUntilAsync(async () => (await cluster.View.GetCountsAsync()).Connections == 60);
        await cluster.AssertRegistryMatchesServersAsync();
        output.WriteLine(
            $"{reconnects} reconnects; {sent} sends during the restart, {sent - complete} of them reported as incomplete");
        Assert.True(sent > 0 && sent - complete <= sent / 10, $"{sent - complete} of {sent} sends were incomplete");

        await stopping.CancelAsync();
        await load.WithTimeout();
        await Task.WhenAll(clients.Select(async client =>
        {
            try
            {
                await client;
            }
            catch (OperationCanceledException)
            {
            }
        })).WithTimeout();
        foreach (var (_, client) in connected)
        {
            client.Abort();
        }
    }
}
