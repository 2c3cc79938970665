using System.Net;
using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.Chaos;

/// <summary>Tests faults of the connection between a server and Redis.</summary>
[Trait("Category", "Chaos")]
public sealed class BusChaosTests(ITestOutputHelper output)
{
    [RedisServerFact]
    public async Task Subscription_ThatStopsSilently_IsReportedByTheHealthCheckAndRepaired()
    {
        await using var cluster = await ChaosCluster.StartAsync(1, behindProxy: true);
        var clients = await cluster.ConnectAsync(5, 1);
        using var http = new HttpClient();
        async Task<HttpStatusCode> HealthAsync()
        {
            using var answer = await http.GetAsync(new Uri(cluster.Servers[0].Url + "/health"));
            return answer.StatusCode;
        }

        await Deadline.WaitUntilAsync(async () => await HealthAsync() == HttpStatusCode.OK);
        Assert.True(cluster.Proxy.DropTraffic("SUBSCRIBE") > 0);

        var detected = await Deadline.WaitUntilAsync(async () => await HealthAsync() == HttpStatusCode.ServiceUnavailable);
        output.WriteLine($"the health check reported the fault after {detected.TotalSeconds:F2} s");
        var repaired = await Deadline.WaitUntilAsync(async () => await HealthAsync() == HttpStatusCode.OK);
        output.WriteLine($"the subscription was repaired {repaired.TotalSeconds:F2} s later");

        Assert.All(clients, c => Assert.False(c.Client.Closed.IsCompleted));
        await cluster.DrainAsync(clients);
        await cluster.AssertEachClientReceivesOnceAsync(clients);
    }

    [RedisServerFact]
    public async Task Redis_ThatNeverResponds_DelaysHandshakesBrieflyAndSendsComplete()
    {
        await using var cluster = await ChaosCluster.StartAsync(1, behindProxy: true);
        var clients = await cluster.ConnectAsync(4, 1);
        var url = cluster.Servers[0].Url;
        var before = await cluster.GetIdsAsync("account-0");

        // All connections to Redis stay open, but no response arrives. The servers can detect this only by a timeout.
        Assert.True(cluster.Proxy.DropTraffic("") > 0);
        var handshakes = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            clients.Add((url, "account-0", await TestClient.ConnectAsync(url, "account-0")));
            handshakes.Add(TimeProvider.System.GetElapsedTime(started));
        }

        handshakes.Sort();
        output.WriteLine(
            $"handshakes took {handshakes[4].TotalMilliseconds:F0} ms (median), {handshakes[^1].TotalMilliseconds:F0} ms (max); they wait up to 250 ms for Redis");
        Assert.InRange(handshakes[4], TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await clients[0].Client.SendAsync("""{"event":"chat","args":["here"]}""");
        Assert.Contains("here", await clients[^1].Client.ReadMessageAsync(), StringComparison.Ordinal);

        cluster.Proxy.Cut();
        await Deadline.WaitUntilAsync(async () => (await cluster.View.GetCountsAsync()).Connections == clients.Count);
        var added = await cluster.GetIdsAsync("account-0");
        added.ExceptWith(before);
        Assert.Equal(8, added.Count);
        await cluster.AssertConnectErrorsReportedOnceAsync(added);
        await cluster.DrainAsync(clients);
        await cluster.AssertEachClientReceivesOnceAsync(clients);
    }

    [RedisServerFact]
    public async Task RedisConnections_WhenCut_AreReestablishedWithoutDuplicateDelivery()
    {
        await using var cluster = await ChaosCluster.StartAsync(2, behindProxy: true);
        var clients = await cluster.ConnectAsync(20, 2);

        cluster.Proxy.Cut();

        var recovered = await Deadline.WaitUntilAsync(async () =>
        {
            var result = await cluster.View.SendAsync("account-0", "again", [], new SendOptions { Receipts = true });
            return result is { IsComplete: true, Connections: 10 };
        });
        output.WriteLine($"a send reached all clients {recovered.TotalSeconds:F2} s after all connections to Redis were cut");
        await cluster.DrainAsync(clients);
        await cluster.AssertEachClientReceivesOnceAsync(clients);
    }
}
