using System.Globalization;
using Scaler.Tests.Helpers;
using Xunit.Abstractions;

namespace Scaler.Tests.Chaos;

/// <summary>Tests request forwarding between servers, with many clients and without sticky sessions.</summary>
[Trait("Category", "Chaos")]
public sealed class ForwardingChaosTests(ITestOutputHelper output)
{
    // A long connect timeout, so that a busy server is not taken for a dead one.
    private const string LongConnectTimeout = "--Scaler:Cluster:ForwardConnectTimeout=00:00:20";

    private const string Echo = """4{"event":"echo","args":[1]}""";

    [RedisServerFact]
    public async Task PollingSessions_WithEachRequestToAnotherServer_LoseNothing()
    {
        const int Sessions = 2000;
        const int Messages = 3;
        await using var cluster = await ChaosCluster.StartAsync(3, false, LongConnectTimeout);
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
        var commands = await CountCommandsAsync(cluster);

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

        // Lease renewals and probes continue on their timers. The 12,000 requests, most of them forwarded, add no Redis commands.
        var added = await CountCommandsAsync(cluster) - commands;
        output.WriteLine($"{Sessions} sessions, {Sessions * Messages * 2} requests, {added} Redis commands meanwhile");
        Assert.InRange(added, 0, Sessions / 4);
        Assert.Equal(Sessions, (await cluster.View.GetCountsAsync()).Connections);
        await cluster.AssertRegistryMatchesServersAsync();
    }

    [RedisServerFact]
    public async Task ForwardedPolls_WhenTheirServerIsKilled_ReturnSessionUnknown()
    {
        await using var cluster = await ChaosCluster.StartAsync(2, false, LongConnectTimeout);
        using var http = new HttpClient();
        var answers = await HoldAsync(http, cluster, 50);

        await cluster.Servers[0].KillAsync();

        await AssertUnknownAsync(answers);
    }

    [RedisServerFact]
    public async Task ForwardedPolls_WhenTheirServerIsPaused_ReturnSessionUnknownAndNewSessionsWorkAfterResume()
    {
        await using var cluster = await ChaosCluster.StartAsync(2, false, LongConnectTimeout);
        using var http = new HttpClient();
        var answers = await HoldAsync(http, cluster, 50);

        // The other server can detect the pause only by the missing lease renewal.
        cluster.Servers[0].Pause();

        await AssertUnknownAsync(answers);
        cluster.Servers[0].Resume();
        await cluster.WaitUntilUpAsync(2);
        var sessions = await OpenAsync(http, cluster, 1);

        // The other server learns that the paused server is back when it next renews its own lease.
        await Deadline.WaitUntilAsync(async () => await PostAsync(http, sessions[0]) == "ok");
        Assert.Equal(Echo, await http.GetStringAsync(sessions[0]).WithTimeout());
    }

    [RedisServerFact]
    public async Task ForgedSessionIds_AreRefusedByTheReceivingServerWithoutRedisCommands()
    {
        const int Requests = 2000;
        await using var cluster = await ChaosCluster.StartAsync(2, false, LongConnectTimeout);
        var servers = await cluster.View.GetServersAsync();
        var here = servers[0].Url;
        using var http = new HttpClient();
        var commands = await CountCommandsAsync(cluster);

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            // The id has the format of a valid id of the other server, but an invalid tag.
            var sid = $"{servers[1].Id}.{new string('A', 24)}.{i:D22}";
            using var answer = await http.GetAsync(new Uri($"{here}/stream/?EIO=4&transport=polling&account=a&sid={sid}"), token);
            Assert.Equal("""{"code":1,"message":"Session ID unknown"}""", await answer.Content.ReadAsStringAsync(token));
        });

        var added = await CountCommandsAsync(cluster) - commands;
        output.WriteLine($"{Requests} forged session ids, {added} Redis commands meanwhile, from lease renewals and probes");
        Assert.InRange(added, 0, Requests / 10);
    }

    /// <summary>Opens sessions on the first server.</summary>
    /// <returns>For each session, its URL on the second server.</returns>
    private static Task<Uri[]> OpenAsync(HttpClient http, ChaosCluster cluster, int sessions) => Task.WhenAll(Enumerable.Range(0, sessions).Select(async i =>
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"/stream/?EIO=4&transport=polling&account={i}");
        var open = await http.GetStringAsync(new Uri(cluster.Servers[0].Url + query)).WithTimeout();
        return new Uri($"{cluster.Servers[1].Url}{query}&sid={EngineTestHost.ParseSid(open)}");
    }));

    private static async Task<string> PostAsync(HttpClient http, Uri session)
    {
        using var content = new StringContent(Echo);
        using var posted = await http.PostAsync(session, content).WithTimeout();
        return await posted.Content.ReadAsStringAsync();
    }

    /// <summary>
    /// Sends poll requests to the second server, which forwards them to the first. The first server holds them.
    /// </summary>
    /// <returns>The tasks that complete with the responses.</returns>
    private static async Task<Task<string>[]> HoldAsync(HttpClient http, ChaosCluster cluster, int sessions)
    {
        var polls = await OpenAsync(http, cluster, sessions);
        foreach (var poll in polls)
        {
            Assert.Equal("ok", await PostAsync(http, poll));
            Assert.Equal(Echo, await http.GetStringAsync(poll).WithTimeout());
        }

        return [.. polls.Select(async poll =>
        {
            using var answer = await http.GetAsync(poll);
            return await answer.Content.ReadAsStringAsync();
        })];
    }

    private static async Task AssertUnknownAsync(IEnumerable<Task<string>> answers) =>
        Assert.All(await Task.WhenAll(answers).WithTimeout(), static answer => Assert.Equal("""{"code":1,"message":"Session ID unknown"}""", answer));

    private static async Task<long> CountCommandsAsync(ChaosCluster cluster)
    {
        var stats = await cluster.Connection.GetServers()[0].InfoAsync("commandstats");
        return stats[0].Where(s => s.Key.StartsWith("cmdstat_evalsha", StringComparison.Ordinal) || s.Key.StartsWith("cmdstat_publish", StringComparison.Ordinal))
            .Sum(s => long.Parse(s.Value.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture));
    }
}
