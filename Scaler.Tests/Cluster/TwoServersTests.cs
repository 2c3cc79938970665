using System.Net;
using Scaler.Cluster.Membership;
using Scaler.Cluster.Secrets;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

/// <summary>Tests two servers in one process that share a Redis.</summary>
public sealed class TwoServersTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private readonly string _prefix = backends.NewPrefix();
    private IConnectionMultiplexer _redis = null!;
    private ScalerServer _one = null!;
    private ScalerServer _two = null!;

    public async Task InitializeAsync()
    {
        _redis = await backends.ConnectAsync(Backend.Garnet);
        _one = await StartAsync("one");
        _two = await StartAsync("two");
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task Send_AccountOnTwoServers_ReachesEachOfItsConnectionsOnceAndNoOther()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        await using var b = await TestClient.ConnectAsync(_one.GetUrl(), "acme", polling: true);
        await using var c = await TestClient.ConnectAsync(_two.GetUrl(), "acme");
        await using var other = await TestClient.ConnectAsync(_two.GetUrl(), "acme2");

        await a.SendAsync("""{"event":"chat","args":["hello"]}""");
        foreach (var client in new[] { b, c })
        {
            Assert.Equal("""{"event":"chat","args":["hello"]}""", await client.ReadMessageAsync());
        }

        var result = await _one.GetAccount("acme").SendAsync("end");
        Assert.Equal((3, 2, true), (result.Connections, result.Servers, result.IsComplete));
        Assert.Equal(1, (await _one.GetAccount("acme2").SendAsync("end")).Connections);
        foreach (var client in new[] { a, b, c, other })
        {
            Assert.Equal("""{"event":"end","args":[]}""", await client.ReadMessageAsync());
            Assert.Equal(0, client.PendingMessageCount);
        }
    }

    [Fact]
    public async Task Broadcast_ClientsOnTwoServers_ReachesEveryConnection()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        await using var b = await TestClient.ConnectAsync(_two.GetUrl(), "acme2");

        var result = await _one.BroadcastAsync("news", "all");

        Assert.Equal((2, 2), (result.Connections, result.Servers));
        Assert.Equal("""{"event":"news","args":["all"]}""", await a.ReadMessageAsync());
        Assert.Equal("""{"event":"news","args":["all"]}""", await b.ReadMessageAsync());
    }

    [Fact]
    public async Task SendWithReceipts_ClientsOnTwoServers_CountsTheQueuesThatAcceptedIt()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        await using var b = await TestClient.ConnectAsync(_two.GetUrl(), "acme");
        await using var c = await TestClient.ConnectAsync(_two.GetUrl(), "acme");
        var except = _two.Connections.First().Id;

        var all = await _one.GetAccount("acme").SendAsync("x", [], new SendOptions { Receipts = true });
        var without = await _one.GetAccount("acme").SendAsync("x", [], new SendOptions { Receipts = true, Except = except });
        var only = await _one.GetAccount("acme").SendAsync("x", [], new SendOptions { Receipts = true, Only = except });

        Assert.Equal((3, 2, true), (all.Connections, all.Servers, all.IsComplete));
        Assert.Equal((2, 2), (without.Connections, without.Servers));
        Assert.Equal((1, 1), (only.Connections, only.Servers));
    }

    [Fact]
    public async Task VolatileSend_ClientsOnTwoServers_ReachesOnlyThoseThatCanReceiveNow()
    {
        await using var socket = await TestClient.ConnectAsync(_two.GetUrl(), "acme");
        var (webSocket, options) = (_two.Connections.Single().Session, new SendOptions { Volatile = true, Receipts = true });
        using var http = new HttpClient();
        var query = $"{_one.GetUrl()}/stream/?EIO=4&transport=polling&account=acme";
        var open = await http.GetStringAsync(new Uri(query.Replace(_one.GetUrl(), _two.GetUrl(), StringComparison.Ordinal)));
        var poll = new Uri($"{query}&sid={open.Split("\"sid\":\"")[1].Split('"')[0]}");
        var polling = _two.Connections.Single(static c => c.Session.Transport == EngineIO.EngineTransport.Polling).Session;

        // The client is between two polls.
        await Deadline.WaitUntilAsync(() => webSocket.IsWritable);
        var remote = await _one.GetAccount("acme").SendAsync("remote", options).WithTimeout();
        await Deadline.WaitUntilAsync(() => webSocket.IsWritable);
        var local = await _two.GetAccount("acme").SendAsync("local", options).WithTimeout();
        await Deadline.WaitUntilAsync(() => webSocket.IsWritable);
        var broadcastOptions = new BroadcastOptions { Volatile = true, Receipts = true };
        var broadcast = await _one.BroadcastAsync("broadcast", broadcastOptions).WithTimeout();
        Assert.Equal((1, 1, 1), (remote.Connections, local.Connections, broadcast.Connections));
        Assert.Equal((0, true), (polling.QueuedPackets, remote.IsComplete));

        // Server one forwards the poll, and server two holds it.
        var held = http.GetStringAsync(poll);
        await polling.WaitForHeldPollAsync();
        await Deadline.WaitUntilAsync(() => webSocket.IsWritable);
        Assert.Equal(2, (await _one.GetAccount("acme").SendAsync("held", options).WithTimeout()).Connections);
        Assert.Equal("""4{"event":"held","args":[]}""", await held.WithTimeout());
        foreach (var name in new[] { "remote", "local", "broadcast", "held" })
        {
            Assert.Equal($$"""{"event":"{{name}}","args":[]}""", await socket.ReadMessageAsync());
        }
    }

    [Fact]
    public async Task Broadcast_ServerWithoutConnectionsNotListening_IsComplete()
    {
        await using var a = await TestClient.ConnectAsync(_two.GetUrl(), "acme");
        await _one.Cluster.Node.Registry.RenewAsync(new ServerInfo { Id = "idle", Epoch = 1 }, TimeSpan.FromMinutes(1), join: true);

        var plain = await _one.BroadcastAsync("news", "all");
        var receipts = await _one.Cluster.BroadcastAsync("news", ["all"], new BroadcastOptions { Receipts = true }).WithTimeout();

        Assert.Equal((1, 1, true), (plain.Connections, plain.Servers, plain.IsComplete));
        Assert.Equal((1, 1, true), (receipts.Connections, receipts.Servers, receipts.IsComplete));
    }

    [Fact]
    public async Task SendWithReceipts_DeadOrSilentServer_ReportsItAsUnreachable()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        var registry = _one.Cluster.Node.Registry;
        var dead = new ServerInfo { Id = "dead", Epoch = 1 };
        var deaf = new ServerInfo { Id = "deaf", Epoch = 1 };
        foreach (var server in new[] { dead, deaf })
        {
            await registry.RenewAsync(server, TimeSpan.FromMinutes(1), join: true);
            await registry.RegisterAsync(server.EpochName, [new("acme", "x" + server.Id, default)]);
        }

        // This server listens, but never responds.
        await using var listening = await _one.Cluster.Node.Bus.SubscribeAsync(deaf.EpochName, _ => { });

        var plain = await _one.GetAccount("acme").SendAsync("x");
        var receipts = await _one.GetAccount("acme").SendAsync("x", [], new SendOptions { Receipts = true }).WithTimeout();

        Assert.Equal((2, 2, "dead"), (plain.Connections, plain.Servers, Assert.Single(plain.Unreachable)));
        Assert.Equal((1, 1), (receipts.Connections, receipts.Servers));
        Assert.Equal(["dead", "deaf"], receipts.Unreachable.Order());
    }

    [Fact]
    public async Task Cluster_FromOutside_SeesAndReachesEveryConnection()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        await using var b = await TestClient.ConnectAsync(_two.GetUrl(), "acme");
        await using var outside = new ScalerCluster(await backends.ConnectAsync(Backend.Garnet), new ScalerOptions { Prefix = _prefix });

        Assert.Equal(new ClusterCounts(2, 1, 2), await outside.GetCountsAsync());
        Assert.Equal(["one", "two"], (await outside.GetServersAsync()).Select(s => s.Id));
        Assert.Equal(2, (await outside.SendAsync("acme", "x", [1])).Connections);
        Assert.Equal("""{"event":"x","args":[1]}""", await a.ReadMessageAsync());
        Assert.Equal(2, (await outside.SendAsync("acme", "x", [1], new SendOptions { Receipts = true })).Connections);

        var id = (await outside.GetConnectionsAsync("acme")).Single(c => c.Server == "two").Id;
        Assert.Equal(1, (await outside.DisconnectAsync("acme", id)).Connections);
        await b.Closed.WithTimeout();
        await Deadline.WaitUntilAsync(async () => (await outside.GetCountsAsync()).Connections == 1);
        Assert.Equal(0, (await outside.DisconnectAsync("acme", id)).Connections);
        Assert.False(a.Closed.IsCompleted);
    }

    [Fact]
    public async Task PollingSession_RequestsToEitherServer_AreAnswered()
    {
        using var http = new HttpClient();
        var open = await http.GetStringAsync(new Uri($"{_one.GetUrl()}/stream/?EIO=4&transport=polling&account=acme"));
        var query = $"/stream/?EIO=4&transport=polling&account=acme&sid={open.Split("\"sid\":\"")[1].Split('"')[0]}";

        for (var i = 0; i < 10; i++)
        {
            var (here, there) = i % 2 == 0 ? (_one, _two) : (_two, _one);
            using var content = new StringContent($$"""4{"event":"echo","args":[{{i}}]}""");
            using var posted = await http.PostAsync(new Uri(here.GetUrl() + query), content);
            Assert.Equal("ok", await posted.Content.ReadAsStringAsync());
            using var polled = await http.GetAsync(new Uri(there.GetUrl() + query));
            Assert.Equal($$"""4{"event":"echo","args":[{{i}}]}""", await polled.Content.ReadAsStringAsync());
            Assert.Equal("text/plain; charset=UTF-8", polled.Content.Headers.ContentType?.ToString());
        }

        // Of two concurrent polls the second is refused, even on another server. The first gets the output, and the session
        // ends.
        var polls = await Task.WhenAll(http.GetAsync(new Uri(_two.GetUrl() + query)), http.GetAsync(new Uri(_one.GetUrl() + query))).WithTimeout();
        var answers = polls.OrderBy(p => p.StatusCode).ToArray();
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.BadRequest], answers.Select(p => p.StatusCode));
        Assert.Equal("1", await answers[0].Content.ReadAsStringAsync());
        await Deadline.WaitUntilAsync(() => _one.ConnectionCount == 0);
    }

    [Fact]
    public async Task Upgrade_OnTheOtherServer_IsForwarded()
    {
        using var http = new HttpClient();
        var open = await http.GetStringAsync(new Uri($"{_one.GetUrl()}/stream/?EIO=4&transport=polling&account=acme"));
        var sid = open.Split("\"sid\":\"")[1].Split('"')[0];
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(
            new Uri($"{_two.GetUrl().Replace("http", "ws", StringComparison.Ordinal)}/stream/?EIO=4&transport=websocket&account=acme&sid={sid}"), default).WithTimeout();
        var buffer = new byte[1024];
        async Task<string> NextAsync()
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().WithTimeout("a frame");
            return System.Text.Encoding.UTF8.GetString(buffer, 0, received.Count);
        }

        Task Send(string packet) =>
            socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(packet), System.Net.WebSockets.WebSocketMessageType.Text, true, default);

        await Send("2probe");
        Assert.Equal("3probe", await NextAsync());
        await Send("5");
        await Send("""4{"event":"echo","args":["up"]}""");
        Assert.Equal("""4{"event":"echo","args":["up"]}""", await NextAsync());
        await Deadline.WaitUntilAsync(async () => (await _two.GetAccount("acme").Connections.SingleAsync()).Transport == "websocket");

        // After the upgrade, both servers refuse polling.
        foreach (var server in new[] { _one, _two })
        {
            using var refused = await http.GetAsync(new Uri($"{server.GetUrl()}/stream/?EIO=4&transport=polling&account=acme&sid={sid}"));
            Assert.Equal("""{"code":3,"message":"Bad request"}""", await refused.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Post_BodyAboveTheLimitOnTheOtherServer_Returns413()
    {
        using var http = new HttpClient();
        var open = await http.GetStringAsync(new Uri($"{_one.GetUrl()}/stream/?EIO=4&transport=polling&account=acme"));
        var query = $"/stream/?EIO=4&transport=polling&account=acme&sid={open.Split("\"sid\":\"")[1].Split('"')[0]}";

        using var content = new StringContent("4" + new string('x', 1_000_000));
        using var answer = await http.PostAsync(new Uri(_two.GetUrl() + query), content).WithTimeout();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("absent.AAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("two.AAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("x")]
    public async Task Poll_ForgedSessionId_IsUnknown(string sid) => await AssertUnknownAsync(_one, sid);

    [Fact]
    public async Task Poll_SessionOfADeadServer_IsUnknownAtOnce()
    {
        // Validly signed session IDs: of a server that is not in the registry, of a server with a lease that does not respond,
        // and of this server.
        await _one.Cluster.Node.Servers.RenewAsync(
            new ServerInfo { Id = "silent", Epoch = 1, Url = $"http://127.0.0.1:{FreePorts.GetFreePort()}" }, TimeSpan.FromMinutes(1), join: true);
        foreach (var server in new[] { "gone", "silent", "one" })
        {
            await AssertUnknownAsync(_one, ClusterSid.Create(server, _one.Cluster.Node.Secret));
        }
    }

    [Fact]
    public async Task RefreshAsync_ServerHasJustJoined_FindsIt()
    {
        // A renewal has just run. RefreshAsync must wait for the minimum gap and then renew again.
        await _one.Membership.RenewNowAsync();
        await _one.Cluster.Node.Servers.RenewAsync(
            new ServerInfo { Id = "late", Epoch = 1, Url = "http://127.0.0.1:1" }, TimeSpan.FromMinutes(1), join: true);

        await _one.Membership.RefreshAsync(default).WithTimeout();

        Assert.Equal(ServerLookup.Live, _one.Membership.Servers.Find("late", out _));
    }

    [Fact]
    public async Task Poll_AlreadyForwarded_IsNotForwardedAgain()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{_one.GetUrl()}/stream/?EIO=4&transport=polling&account=a&sid={ClusterSid.Create("two", _one.Cluster.Node.Secret)}");
        request.Headers.Add(ForwardHeader.Name, "forged");

        using var answer = await http.SendAsync(request).WithTimeout();

        Assert.Equal("""{"code":1,"message":"Session ID unknown"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task DisposeAsync_ServerWithClients_RemovesItsRegistrations()
    {
        await using var client = await TestClient.ConnectAsync(_two.GetUrl(), "acme");
        Assert.Equal(1, (await _one.Cluster.GetCountsAsync()).Connections);

        await _two.DisposeAsync();

        Assert.Equal(new ClusterCounts(1, 0, 0), await _one.Cluster.GetCountsAsync());
        Assert.Equal("one", Assert.Single(await _one.Cluster.GetServersAsync()).Id);
        await client.Closed.WithTimeout();
    }

    [Fact]
    public async Task Membership_RegistryEntriesLost_RegistersEverythingAgain()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        await using var b = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        var keys = new Scaler.Cluster.Redis.RedisKeys(_prefix);

        // Has the effect of FLUSHALL.
        foreach (var key in new[] { keys.Leases, keys.Servers, keys.Locations, keys.Accounts, keys.Secret })
        {
            await _redis.GetDatabase().KeyDeleteAsync(key);
        }

        await Deadline.WaitUntilAsync(async () => await _two.Cluster.GetCountsAsync() == new ClusterCounts(2, 1, 2));
        Assert.Equal(2, (await _two.GetAccount("acme").SendAsync("x")).Connections);
        await a.ReadMessageAsync();
        await b.ReadMessageAsync();

        // The secret is unchanged too: a server that joins later can verify the messages of the others.
        await using var three = await StartAsync("three");
        Assert.Equal(2, (await three.GetAccount("acme").SendAsync("x", [], new SendOptions { Receipts = true })).Connections);
        await a.ReadMessageAsync();
    }

    [Fact]
    public async Task WatchErrorsAsync_ErrorPublished_ReceivesAndKeepsIt()
    {
        // Publishes errors the way AddScalerErrorPublishing does.
        using var publisher = new ErrorPublisher(_one.Errors, _one.Cluster.Errors, TimeProvider.System);
        await publisher.StartAsync(default);
        await using var outside = new ScalerCluster(await backends.ConnectAsync(Backend.Garnet), new ScalerOptions { Prefix = _prefix });
        await using var watched = outside.WatchErrorsAsync().GetAsyncEnumerator();
        var next = watched.MoveNextAsync().AsTask();
        await Deadline.WaitUntilAsync(async () =>
            (long)await _redis.GetDatabase().ExecuteAsync("PUBLISH", $"{{{_prefix}}}:errors", "not an error") > 0);
        await using var client = await TestClient.ConnectAsync(_one.GetUrl(), "acme");

        await client.SendAsync("nonsense");

        Assert.True(await next.WithTimeout());
        Assert.Equal(("error::json", "acme", "one", "nonsense", false),
            (watched.Current.Name, watched.Current.Account, watched.Current.Server, watched.Current.Arguments[0], watched.Current.Late));
        Assert.Equal("error::json", Assert.Single(await outside.GetRecentErrorsAsync()).Name);
        await publisher.StopAsync(default);
    }

    private async Task<ScalerServer> StartAsync(string id) => await ScalerTestServer.StartAsync(
        await backends.ConnectAsync(Backend.Garnet), _prefix,
        options =>
        {
            options.Cluster.ServerId = id;
            options.Cluster.LeaseRenewal = TimeSpan.FromMilliseconds(100);
        },
        server =>
        {
            server.On("echo", async (connection, message, cancellationToken) => await connection.SendAsync(message, cancellationToken));
            server.On("chat", async (connection, message, cancellationToken) =>
                await connection.Account.SendAsync(message, new SendOptions { Except = connection.Id }, cancellationToken));
        });

    private static async Task AssertUnknownAsync(ScalerServer server, string sid)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"{server.GetUrl()}/stream/?EIO=4&transport=polling&account=a&sid={sid}")).WithTimeout();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("""{"code":1,"message":"Session ID unknown"}""", await answer.Content.ReadAsStringAsync());
    }
}
