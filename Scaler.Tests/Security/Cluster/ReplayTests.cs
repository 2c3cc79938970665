using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Scaler.Cluster.Redis;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Security.Cluster;

/// <summary>Tests an attacker that records messages between servers in Redis and publishes them again.</summary>
public sealed class ReplayTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private readonly string _prefix = backends.NewPrefix();
    private readonly ConcurrentQueue<byte[]> _recorded = [];
    private readonly List<ScalerServer> _servers = [];
    private IConnectionMultiplexer _redis = null!;
    private ScalerCluster _outside = null!;

    private ScalerServer One => _servers[0];

    private ScalerServer Two => _servers[1];

    public async Task InitializeAsync()
    {
        _redis = await backends.ConnectAsync(Backend.Garnet);
        foreach (var id in new[] { "one", "two", "three" })
        {
            await StartAsync(id);
        }

        var options = new ScalerOptions { Prefix = _prefix };
        (options.Cluster.SendTimeout, options.Cluster.ReceiptTimeout) = (Deadline.DefaultTimeout, Deadline.DefaultTimeout);
        _outside = new ScalerCluster(await backends.ConnectAsync(Backend.Garnet), options);
    }

    public async Task DisposeAsync()
    {
        await _outside.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Message_PublishedAgain_IsDeliveredOnce()
    {
        await using var here = await TestClient.ConnectAsync(One.GetUrl(), "acme");
        await using var there = await TestClient.ConnectAsync(Two.GetUrl(), "acme");
        await RecordAsync(Two);
        await One.GetAccount("acme").SendAsync("first");
        await One.BroadcastAsync("all");
        await WaitForAsync("all");

        // To the receiver, to a server that was not addressed, and back to the sender.
        foreach (var server in _servers)
        {
            await ReplayAsync(server);
        }

        await One.GetAccount("acme").SendAsync("last");
        foreach (var client in new[] { here, there })
        {
            foreach (var name in new[] { "first", "all", "last" })
            {
                Assert.Equal($$"""{"event":"{{name}}","args":[]}""", await client.ReadMessageAsync());
            }

            Assert.Equal(0, client.PendingMessageCount);
        }
    }

    [Fact]
    public async Task Drain_PublishedToAllServers_DrainsNone()
    {
        await RecordAsync(One);
        Assert.Equal(ServerRequestResult.Accepted, await _outside.DrainAsync("one"));
        await Deadline.WaitUntilAsync(() => One.Membership.State == ServerState.Draining);
        await Deadline.WaitUntilAsync(() => _recorded.Any(static bytes => bytes[1] == 7));
        Assert.Equal(ServerRequestResult.Accepted, await _outside.ResumeAsync("one"));
        await Deadline.WaitUntilAsync(() => One.Membership.State == ServerState.Up);

        foreach (var server in _servers)
        {
            await ReplayAsync(server);
        }

        await using var client = await TestClient.ConnectAsync(Two.GetUrl(), "acme");
        Assert.Equal((1, true), await SendAsync(One));
        Assert.All(_servers, static server => Assert.Equal(ServerState.Up, server.Membership.State));
    }

    [Fact]
    public async Task Disconnect_PublishedAgain_KeepsTheNewConnection()
    {
        await RecordAsync(Two);
        await using (var first = await TestClient.ConnectAsync(Two.GetUrl(), "acme"))
        {
            Assert.Equal(1, (await _outside.DisconnectAsync("acme")).Connections);
            await first.Closed.WithTimeout();
        }

        await Deadline.WaitUntilAsync(() => _recorded.Any(static bytes => bytes[1] == 3));
        await using var second = await TestClient.ConnectAsync(Two.GetUrl(), "acme");
        await ReplayAsync(Two);

        Assert.Equal((1, true), await SendAsync(One));
        Assert.Equal("""{"event":"x","args":[]}""", await second.ReadMessageAsync());
        Assert.False(second.Closed.IsCompleted);
    }

    [Fact]
    public async Task Message_PublishedToARestartedServer_IsNotDelivered()
    {
        await RecordAsync(Two);
        await using (await TestClient.ConnectAsync(Two.GetUrl(), "acme"))
        {
            await One.GetAccount("acme").SendAsync("old");
            await WaitForAsync("old");
        }

        // A subscriber of the previous epoch would count as the server.
        await _redis.GetSubscriber().UnsubscribeAllAsync();
        var sentAt = Stopwatch.GetTimestamp();
        await Two.DisposeAsync();
        _servers.RemoveAt(1);

        // A message is refused if it was sent more than a second before the process started.
        await Deadline.WaitUntilAsync(() => Stopwatch.GetElapsedTime(sentAt) > TimeSpan.FromSeconds(1.2));
        var again = await StartAsync("two");
        await using var client = await TestClient.ConnectAsync(again.GetUrl(), "acme");
        await ReplayAsync(again);

        Assert.Equal((1, true), await SendAsync(One));
        Assert.Equal("""{"event":"x","args":[]}""", await client.ReadMessageAsync());
        Assert.Equal(0, client.PendingMessageCount);
    }

    private async Task<ScalerServer> StartAsync(string id)
    {
        var server = await ScalerTestServer.StartAsync(await backends.ConnectAsync(Backend.Garnet), _prefix, options =>
        {
            (options.Cluster.ServerId, options.Cluster.ReceiptTimeout) = (id, Deadline.DefaultTimeout);
        });
        _servers.Add(server);
        return server;
    }

    private static async Task<(int Connections, bool IsComplete)> SendAsync(ScalerServer server)
    {
        var sent = await server.GetAccount("acme").SendAsync("x", [], new SendOptions { Receipts = true });
        return (sent.Connections, sent.IsComplete);
    }

    private RedisChannel ChannelOf(ScalerServer server) => new RedisKeys(_prefix).Channel(server.Cluster.Node.ServerEpoch);

    private Task RecordAsync(ScalerServer server) => _redis.GetSubscriber().SubscribeAsync(
        ChannelOf(server), (_, message) => _recorded.Enqueue((byte[])message!));

    private Task<TimeSpan> WaitForAsync(string text) => Deadline.WaitUntilAsync(() =>
        _recorded.Any(bytes => bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"\"event\":\"{text}\"")) >= 0));

    private async Task ReplayAsync(ScalerServer server)
    {
        foreach (var bytes in _recorded.ToArray())
        {
            await _redis.GetSubscriber().PublishAsync(ChannelOf(server), bytes);
        }
    }
}
