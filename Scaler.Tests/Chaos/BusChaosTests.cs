using System.Net;
using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.Chaos;

/// <summary>Faults between a server and its Redis.</summary>
[Trait("Category", "Chaos")]
public sealed class BusChaosTests(ITestOutputHelper output)
{
    [RedisServerFact]
    public async Task ASubscriptionThatDiesSilently_IsNoticed_HealthSaysSo_AndItIsRepaired()
    {
        await using var cluster = await ChaosCluster.StartAsync(1, behindProxy: true);
        var clients = await cluster.ConnectAsync(5, 1);
        using var http = new HttpClient();
        async Task<HttpStatusCode> HealthAsync()
        {
            using var answer = await http.GetAsync(new Uri(cluster.Servers[0].Url + "/health"));
            return answer.StatusCode;
        }

        await Deadline.Until(async () => await HealthAsync() == HttpStatusCode.OK);
        Assert.True(cluster.Proxy.DropTraffic("SUBSCRIBE") > 0);

        var noticed = await Deadline.Until(async () => await HealthAsync() == HttpStatusCode.ServiceUnavailable);
        output.WriteLine($"health said so after {noticed.TotalSeconds:F2} s");
        var repaired = await Deadline.Until(async () => await HealthAsync() == HttpStatusCode.OK);
        output.WriteLine($"it was repaired {repaired.TotalSeconds:F2} s later");

        Assert.All(clients, c => Assert.False(c.Client.Closed.IsCompleted));
        await cluster.SettleAsync(clients);
        await cluster.AssertEverybodyIsReachedOnceAsync(clients);
    }

    [RedisServerFact]
    public async Task ARedisThatSwallowsEverything_HoldsUpNoHandshakeForLong_AndNoSendForEver()
    {
        await using var cluster = await ChaosCluster.StartAsync(1, behindProxy: true);
        var clients = await cluster.ConnectAsync(4, 1);
        var url = cluster.Servers[0].Url;
        var before = await cluster.GetIdsAsync("account-0");

        // Every connection stays open, and nothing comes back: the servers can't know, other than by waiting.
        Assert.True(cluster.Proxy.DropTraffic("") > 0);
        var handshakes = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            clients.Add((url, "account-0", await TestClient.ConnectAsync(url, "account-0")));
            handshakes.Add(TimeProvider.System.GetElapsedTime(started));
        }

        handshakes.Sort();
        output.WriteLine($"handshakes took {handshakes[4].TotalMilliseconds:F0} ms in the middle, {handshakes[^1].TotalMilliseconds:F0} ms at most; they wait 250 ms for Redis");
        Assert.InRange(handshakes[4], TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await clients[0].Client.SendAsync("""{"event":"chat","args":["here"]}""");
        Assert.Contains("here", await clients[^1].Client.NextAsync(), StringComparison.Ordinal);

        cluster.Proxy.Cut();
        await Deadline.Until(async () => (await cluster.View.GetCountsAsync()).Connections == clients.Count);
        var held = await cluster.GetIdsAsync("account-0");
        held.ExceptWith(before);
        Assert.Equal(8, held.Count);
        await cluster.AssertToldOfOnceAsync(held);
        await cluster.SettleAsync(clients);
        await cluster.AssertEverybodyIsReachedOnceAsync(clients);
    }

    [RedisServerFact]
    public async Task ConnectionsToRedisThatAreCut_AreMadeAgain_AndNothingIsTwice()
    {
        await using var cluster = await ChaosCluster.StartAsync(2, behindProxy: true);
        var clients = await cluster.ConnectAsync(20, 2);

        cluster.Proxy.Cut();

        var whole = await Deadline.Until(async () =>
        {
            var result = await cluster.View.SendAsync("account-0", "again", [], new SendOptions { Receipts = true });
            return result is { IsComplete: true, Connections: 10 };
        });
        output.WriteLine($"a send reached everybody {whole.TotalSeconds:F2} s after every connection to Redis was cut");
        await cluster.SettleAsync(clients);
        await cluster.AssertEverybodyIsReachedOnceAsync(clients);
    }
}
