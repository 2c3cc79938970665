using System.Globalization;
using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.Chaos;

/// <summary>Many clients without sticky sessions.</summary>
[Trait("Category", "Chaos")]
public sealed class ForwardingChaosTests(ITestOutputHelper output)
{
    [RedisServerFact]
    public async Task PollingSessions_EachRequestOnAFreshConnectionToTheNextServer_LoseNothing()
    {
        const int Sessions = 2000;
        const int Messages = 3;
        await using var cluster = await ChaosCluster.StartAsync(3);
        await using var proxy = new TcpProxy([.. cluster.Servers.Select(s => new Uri(s.Url).Port)]);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });
        http.DefaultRequestHeaders.ConnectionClose = true;
        var url = $"http://127.0.0.1:{proxy.Port}/stream/?EIO=4&transport=polling&account=";

        var sids = new string[Sessions];
        await Parallel.ForAsync(0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, token) =>
        {
            var open = await http.GetStringAsync(new Uri(url + i), token);
            sids[i] = open.Split("\"sid\":\"")[1].Split('"')[0];
        });
        var commands = await CommandsAsync(cluster);

        await Parallel.ForAsync(0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, token) =>
        {
            var session = new Uri($"{url}{i}&sid={sids[i]}");
            for (var message = 0; message < Messages; message++)
            {
                var packet = string.Create(CultureInfo.InvariantCulture, $$"""4{"event":"echo","args":[{{i}},{{message}}]}""");
                using var content = new StringContent(packet);
                using var posted = await http.PostAsync(session, content, token);
                Assert.Equal("ok", await posted.Content.ReadAsStringAsync(token));
                Assert.Equal(packet, await http.GetStringAsync(session, token));
            }
        });

        // Renewals and probes go on by time; the 12,000 requests, most of them forwarded, add nothing.
        var added = await CommandsAsync(cluster) - commands;
        output.WriteLine($"{Sessions} sessions, {Sessions * Messages * 2} requests, {added} Redis commands meanwhile");
        Assert.InRange(added, 0, Sessions / 4);
        Assert.Equal(Sessions, (await cluster.View.GetCountsAsync()).Connections);
        await cluster.AssertRegistryEqualsRealityAsync();
    }

    [RedisServerFact]
    public async Task ForgedSessions_AreRefusedWhereTheyLand_WithoutARedisCommand()
    {
        const int Requests = 2000;
        await using var cluster = await ChaosCluster.StartAsync(2);
        var servers = await cluster.View.GetServersAsync();
        var here = servers[0].Url;
        using var http = new HttpClient();
        var commands = await CommandsAsync(cluster);

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            // Of the form of a genuine one of the other server, but for the tag.
            var sid = $"{servers[1].Id}.{new string('A', 24)}.{i:D22}";
            using var answer = await http.GetAsync(new Uri($"{here}/stream/?EIO=4&transport=polling&account=a&sid={sid}"), token);
            Assert.Equal("""{"code":1,"message":"Session ID unknown"}""", await answer.Content.ReadAsStringAsync(token));
        });

        var added = await CommandsAsync(cluster) - commands;
        output.WriteLine($"{Requests} forged session ids, {added} Redis commands meanwhile, by renewals and probes");
        Assert.InRange(added, 0, Requests / 10);
    }

    private static async Task<long> CommandsAsync(ChaosCluster cluster)
    {
        var stats = await cluster.Connection.GetServers()[0].InfoAsync("commandstats");
        return stats[0].Where(s => s.Key.StartsWith("cmdstat_evalsha", StringComparison.Ordinal) || s.Key.StartsWith("cmdstat_publish", StringComparison.Ordinal))
            .Sum(s => long.Parse(s.Value.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture));
    }
}
