using System.Text;
using System.Threading.Channels;
using Scaler.Cluster.Redis;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Security.Advisories;

/// <summary>
/// Tries known vulnerabilities of other implementations on messages and on the cluster. The rows are those of SECURITY.md.
/// </summary>
public sealed class ScalerAdvisoryTests(Backends backends) : IClassFixture<Backends>
{
    /// <summary>socket.io-parser, CVE-2022-2421 and CVE-2023-32695; socket.io, CVE-2024-38355; SignalR, CVE-2026-45591.</summary>
    public static TheoryData<string, string> Messages => new()
    {
        { """{"event":{"toString":1}}""", "error::validation" },
        { """{"event":["chat"]}""", "error::validation" },
        { """{"event":null}""", "error::validation" },
        { """{"event":7,"args":[]}""", "error::validation" },
        { """{"event":"__proto__","args":[]}""", "error::validation" },
        { """{"event":"constructor"}""", "error::validation" },
        { """{"event":"chat","args":{"_placeholder":true,"num":"splice"}}""", "error::validation" },
        { """{"event":"error","args":[]}""", "error::validation" },
        { """{"event":"error::connect","args":["a","b"]}""", "error::validation" },
        { """{"event":"disconnect"}""", "error::validation" },
        { """{"event":"\ud800"}""", "error::json" },
        { "51-[\"hello\",{\"_placeholder\":true,\"num\":0}]", "error::json" },
        { new string('[', 200_000), "error::json" },
        { "{\"event\":\"chat\",\"args\":" + new string('[', 100_000) + new string(']', 100_000) + "}", "error::json" },
        { string.Concat(Enumerable.Repeat("{\"a\":", 50_000)), "error::json" },
    };

    [Theory, MemberData(nameof(Messages))]
    public async Task AMessage_MadeToBreakTheDecoder_RaisesAnErrorAndHarmsNoOtherClient(string message, string name)
    {
        var raised = Channel.CreateUnbounded<string>();
        await using var server = await StartAsync(backends.NewPrefix(), "one", static options => options.Strict = true, server => server.Errors.Raised += error => raised.Writer.TryWrite(error.Name));
        await using var bad = await TestClient.ConnectAsync(server.GetUrl(), "acme");
        await using var good = await TestClient.ConnectAsync(server.GetUrl(), "acme");

        await bad.SendAsync(message);

        Assert.Equal(name, await raised.Reader.ReadAsync().AsTask().WithTimeout());
        foreach (var client in new[] { good, bad })
        {
            await client.SendAsync("""{"event":"echo"}""");
            Assert.Equal("""{"event":"echo"}""", await client.ReadMessageAsync());
        }

        Assert.False(raised.Reader.TryRead(out _));
    }

    /// <summary>
    /// SignalR, CVE-2023-35391: a message for one user reached another through the backplane. Account names with a special
    /// meaning in Redis are plain names here.
    /// </summary>
    [Fact]
    public async Task Cve202335391_MessageForOneAccount_ReachesNoOtherAccount()
    {
        string[] names = ["a", "a*", "*", "[a]", "a?", "A", "a ", "a:b", "{a}", "a\\", "ä", "a;b=1", "a=1;"];
        var prefix = backends.NewPrefix();
        await using var one = await StartAsync(prefix, "one");
        await using var two = await StartAsync(prefix, "two");
        var clients = await Task.WhenAll(names.SelectMany(name => new[] { TestClient.ConnectAsync(one.GetUrl(), name), TestClient.ConnectAsync(two.GetUrl(), name) }));
        try
        {
            foreach (var name in names)
            {
                // With receipts, so that the broadcast of the other server below cannot arrive first.
                Assert.Equal(2, (await one.GetAccount(name).SendAsync("for", [name], new SendOptions { Receipts = true })).Connections);
            }

            await two.BroadcastAsync("end");
            for (var index = 0; index < clients.Length; index++)
            {
                Assert.Equal(names[index / 2], System.Text.Json.JsonDocument.Parse(await clients[index].ReadMessageAsync()).RootElement.GetProperty("args")[0].GetString());
                Assert.Equal("""{"event":"end","args":[]}""", await clients[index].ReadMessageAsync());
            }
        }
        finally
        {
            await Task.WhenAll(clients.Select(static client => client.DisposeAsync().AsTask()));
        }
    }

    /// <summary>
    /// python-socketio, CVE-2025-61765: write access to the message queue was enough to run code on every server. Scaler skips
    /// and counts messages on the bus that were not signed with the cluster's secret.
    /// </summary>
    [Fact]
    public async Task Cve202561765_MessageNotSignedWithTheSecret_IsSkipped()
    {
        var prefix = backends.NewPrefix();
        var redis = await backends.ConnectAsync(Backend.Garnet);
        await using var one = await StartAsync(
            prefix, "one", static options => options.Cluster.Secret = "the secret of the cluster, 32 characters");
        await using var client = await TestClient.ConnectAsync(one.GetUrl(), "acme");

        // A cluster with the same prefix but another secret, then arbitrary bytes.
        await using var attacker = new ScalerCluster(
            redis, new ScalerOptions { Prefix = prefix, Cluster = { Secret = "a secret that was guessed, but not this one" } });
        var sent = await attacker.SendAsync("acme", "evil", ["x"], new SendOptions { Receipts = true });
        Assert.Equal(0, sent.Connections);
        var channel = new RedisKeys(prefix).Channel(one.Cluster.Node.ServerEpoch);
        foreach (var bytes in new[] { [], "\u0080\u0004cposix\nsystem\n"u8.ToArray(), Encoding.UTF8.GetBytes(new string('x', 100_000)) })
        {
            Assert.Equal(1, await redis.GetSubscriber().PublishAsync(channel, bytes));
        }

        Assert.Equal(1, (await one.GetAccount("acme").SendAsync("news")).Connections);
        Assert.Equal("""{"event":"news","args":[]}""", await client.ReadMessageAsync());
        Assert.Equal(0, client.PendingMessageCount);
    }

    private async Task<ScalerServer> StartAsync(string prefix, string id, Action<ScalerOptions>? configure = null, Action<ScalerServer>? prepare = null) =>
        await ScalerTestServer.StartAsync(
            await backends.ConnectAsync(Backend.Garnet), prefix,
            options =>
            {
                options.Cluster.ServerId = id;
                configure?.Invoke(options);
            },
            server =>
            {
                server.On("echo", async (connection, message, cancellationToken) => await connection.SendAsync(message, cancellationToken));
                server.On("chat", static (_, _, _) => default);
                prepare?.Invoke(server);
            });
}
