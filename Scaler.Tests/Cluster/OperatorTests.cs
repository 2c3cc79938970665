using System.Net;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

/// <summary>Tests operator commands that a process outside the cluster sends to the servers over the bus.</summary>
public sealed class OperatorTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private readonly string _prefix = backends.NewPrefix();
    private IConnectionMultiplexer _redis = null!;
    private ScalerServer _one = null!;
    private ScalerServer _two = null!;
    private ScalerCluster _outside = null!;

    public async Task InitializeAsync()
    {
        _redis = await backends.ConnectAsync(Backend.Garnet);
        _one = await StartAsync("one");
        _two = await StartAsync("two");
        _outside = new ScalerCluster(await backends.ConnectAsync(Backend.Garnet), new ScalerOptions { Prefix = _prefix });
    }

    public async Task DisposeAsync()
    {
        await _outside.DisposeAsync();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task DrainAsync_OneServer_ClosesOnlyItsClientsAndKeepsItRunning()
    {
        await using var here = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        await using var there = await TestClient.ConnectAsync(_two.GetUrl(), "acme");

        Assert.Equal(ServerRequestResult.Accepted, await _outside.DrainAsync("one"));

        await here.Closed.WithTimeout("the close of the client on the drained server");
        await Deadline.WaitUntilAsync(async () => (await StateAsync("one")) == ServerState.Draining);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await HandshakeAsync(_one));
        Assert.Equal(HttpStatusCode.OK, await HandshakeAsync(_two));
        Assert.False(there.Closed.IsCompleted);
        Assert.Equal(ServerState.Up, await StateAsync("two"));
    }

    [Fact]
    public async Task ResumeAsync_AfterADrain_AcceptsClientsAgain()
    {
        await _outside.DrainAsync("one");
        await Deadline.WaitUntilAsync(async () => (await StateAsync("one")) == ServerState.Draining);

        Assert.Equal(ServerRequestResult.Accepted, await _outside.ResumeAsync("one"));

        await Deadline.WaitUntilAsync(async () => (await StateAsync("one")) == ServerState.Up);
        await using var client = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        Assert.Equal(1, (await _outside.SendAsync("acme", "x", [])).Connections);
        Assert.Equal("""{"event":"x","args":[]}""", await client.ReadMessageAsync());
    }

    [Fact]
    public async Task ResumeAsync_WhileDraining_KeepsTheRemainingClientsConnected()
    {
        // A drain closes 100 clients per second, so many of the 150 are still connected when it is canceled.
        await using var slow = await StartAsync("slow", options => options.Cluster.DrainBudget = TimeSpan.FromSeconds(30));
        var clients = await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => TestClient.ConnectAsync(slow.GetUrl(), "many")));
        await _outside.DrainAsync("slow");
        await Deadline.WaitUntilAsync(() => clients.Any(client => client.Closed.IsCompleted));

        Assert.Equal(ServerRequestResult.Accepted, await _outside.ResumeAsync("slow"));
        await Deadline.WaitUntilAsync(async () => (await StateAsync("slow")) == ServerState.Up);

        Assert.Contains(clients, client => !client.Closed.IsCompleted);
        await using var another = await TestClient.ConnectAsync(slow.GetUrl(), "many");
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task DrainAsync_ServerMissingOrSilent_ReportsIt()
    {
        Assert.Equal(ServerRequestResult.ServerNotFound, await _outside.DrainAsync("three"));

        // This server has a lease and listens, but does not know the request, like a server of an older version.
        var deaf = new ServerInfo { Id = "deaf", Epoch = 1 };
        await _one.Cluster.Node.Servers.RenewAsync(deaf, TimeSpan.FromMinutes(1), join: true);
        await using var listening = await _one.Cluster.Node.Bus.SubscribeAsync(deaf.EpochName, _ => { });
        Assert.Equal(ServerRequestResult.TimedOut, await _outside.DrainAsync("deaf").WithTimeout());
    }

    [Fact]
    public async Task DrainAsync_OwnServer_DrainsWithoutTheBus()
    {
        Assert.Equal(ServerRequestResult.Accepted, await _one.Cluster.DrainAsync("one"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await HandshakeAsync(_one));
    }

    [Fact]
    public async Task GetActivityAsync_AccountOnTwoServers_QueriesBothServers()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        await using var b = await TestClient.ConnectAsync(_two.GetUrl(), "acme", polling: true);
        await using var other = await TestClient.ConnectAsync(_two.GetUrl(), "other");

        var fromOutside = await _outside.GetActivityAsync("acme");
        var fromWithin = await _one.Cluster.GetActivityAsync("acme");

        var ids = (await _outside.GetConnectionsAsync("acme")).Select(c => c.Id).Order();
        Assert.Equal(ids, fromOutside.Select(c => c.Id).Order());
        Assert.Equal(ids, fromWithin.Select(c => c.Id).Order());
        Assert.All(fromOutside, c => Assert.Equal(_one.Connections.Concat(_two.Connections).Single(k => k.Id == c.Id).Session.LastSeen, c.LastSeen));
        Assert.Empty(await _outside.GetActivityAsync("unknown"));
    }

    [Fact]
    public async Task GetActivityAsync_ServerDoesNotRespond_OmitsItsConnections()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        var deaf = new ServerInfo { Id = "deaf", Epoch = 1 };
        await _one.Cluster.Node.Registry.RenewAsync(deaf, TimeSpan.FromMinutes(1), join: true);
        await _one.Cluster.Node.Registry.RegisterAsync(deaf.EpochName, [new("acme", "x", default)]);
        await using var listening = await _one.Cluster.Node.Bus.SubscribeAsync(deaf.EpochName, _ => { });

        Assert.Equal(_one.Connections.Single().Id, Assert.Single(await _outside.GetActivityAsync("acme").WithTimeout()).Id);
    }

    [Fact]
    public async Task GetServersAsync_AfterMessagesBetweenServers_ReportsDeliveryTimes()
    {
        await using var a = await TestClient.ConnectAsync(_one.GetUrl(), "acme");
        await using var b = await TestClient.ConnectAsync(_two.GetUrl(), "acme");
        await Deadline.WaitUntilAsync(async () =>
        {
            await a.SendAsync("""{"event":"chat","args":[]}""");
            await b.ReadMessageAsync();
            return (await InfoAsync("two")).Deliveries > 0;
        });

        var info = await InfoAsync("two");
        Assert.InRange(info.DeliveryP99Milliseconds!.Value, info.DeliveryMedianMilliseconds!.Value, Deadline.DefaultTimeout.TotalMilliseconds);
        Assert.Null((await InfoAsync("one")).DeliveryP99Milliseconds);
    }

    [Fact]
    public async Task GetAuditAsync_AppendedEntries_AreNewestFirstAndBounded()
    {
        var at = TimeProvider.System.GetUtcNow();
        await _outside.AppendAuditAsync([.. Enumerable.Range(0, 1100).Select(i => new AuditEntry(at.AddSeconds(i), "ann", $"did {i}", "acme", "Done", "well"))]);
        await _outside.AppendAuditAsync([]);

        var kept = await _outside.GetAuditAsync();
        Assert.Equal(1000, kept.Count);
        Assert.Equal(new AuditEntry(at.AddSeconds(1099), "ann", "did 1099", "acme", "Done", "well"), kept[0]);
        Assert.Equal("did 1098", (await _outside.GetAuditAsync(2))[1].What);
        var left = await _redis.GetDatabase().KeyTimeToLiveAsync($"{{{_prefix}}}:audit");
        Assert.InRange(left!.Value, TimeSpan.FromDays(89), TimeSpan.FromDays(90));
    }

    private Task<ScalerServer> StartAsync(string id, Action<ScalerOptions>? configure = null) => ScalerTestServer.StartAsync(_redis, _prefix, options =>
    {
        options.Cluster.ServerId = id;
        options.Cluster.LeaseRenewal = TimeSpan.FromMilliseconds(100);
        configure?.Invoke(options);
    }, server => server.On("chat", async (connection, message, cancellationToken) =>
        await connection.Account.SendAsync(message, new SendOptions { Except = connection.Id }, cancellationToken)));

    private async Task<ServerInfo> InfoAsync(string id) => (await _outside.GetServersAsync()).Single(s => s.Id == id);

    private async Task<ServerState> StateAsync(string id) => (await InfoAsync(id)).State;

    private static async Task<HttpStatusCode> HandshakeAsync(ScalerServer server)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri($"{server.GetUrl()}/stream/?EIO=4&transport=polling&account=probe"));
        return response.StatusCode;
    }
}
