using System.Threading.Channels;
using Scaler.Tests.Cluster;
using Scaler.Tests.Helpers;
using Scaler.Tests.Security.Auth;

namespace Scaler.Tests.Security;

/// <summary>Tests limits that Scaler reports as <c>error::limit</c>, with the account if there is one.</summary>
public sealed class AccountLimitTests(Backends backends) : IClassFixture<Backends>
{
    private readonly Channel<(string Account, string Limit)> _raised = Channel.CreateUnbounded<(string, string)>();

    [Fact]
    public async Task ConnectionsPerAccount_OneAboveTheClusterWideLimit_RefusesOnlyThatOne()
    {
        var prefix = backends.NewPrefix();
        await using var one = await StartAsync(prefix, static options => options.MaxConnectionsPerAccount = 2);
        await using var two = await StartAsync(prefix, static options => options.MaxConnectionsPerAccount = 2);
        var first = await TestClient.ConnectAsync(one.GetUrl(), "acme");
        await using var second = await TestClient.ConnectAsync(two.GetUrl(), "acme", polling: true);
        await using var other = await TestClient.ConnectAsync(two.GetUrl(), "other");

        Assert.Equal((403, "too many connections of this account"), await JwtTests.HandshakeAsync(one, "&account=acme", null, null));
        Assert.Equal(("acme", "connections per account: 2"), await _raised.Reader.ReadAsync().AsTask().WithTimeout());
        await using var socket = await TestClient.ConnectAsync(two.GetUrl(), "acme");
        Assert.Equal("4403 too many connections of this account", await socket.Closed.WithTimeout());

        await one.BroadcastAsync("news");
        foreach (var client in new[] { first, second, other })
        {
            Assert.Equal("""{"event":"news","args":[]}""", await client.ReadMessageAsync());
        }

        // A disconnect makes room for a new connection.
        await first.DisposeAsync();
        await Deadline.WaitUntilAsync(async () => (await one.Cluster.GetConnectionsAsync("acme")).Count == 1);
        await using var next = await TestClient.ConnectAsync(one.GetUrl(), "acme");
        Assert.Equal(2, (await one.Cluster.GetConnectionsAsync("acme")).Count);
    }

    [Fact]
    public async Task ConnectionsPerAccount_ManyConcurrently_NeverExceedTheLimit()
    {
        const int Allowed = 5;
        var prefix = backends.NewPrefix();
        await using var one = await StartAsync(prefix, static options => options.MaxConnectionsPerAccount = Allowed);
        await using var two = await StartAsync(prefix, static options => options.MaxConnectionsPerAccount = Allowed);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(index => JwtTests.HandshakeAsync(index % 2 == 0 ? one : two, "&account=acme", null, null)));

        Assert.Equal(Allowed, answers.Count(static answer => answer.Status == 200));
        Assert.Equal(Allowed, (await one.Cluster.GetConnectionsAsync("acme")).Count);
    }

    [Fact]
    public async Task MessagesPerSecond_Exceeded_RaisesTheEventWithTheAccount()
    {
        await using var server = await StartAsync(
            backends.NewPrefix(), static options => (options.EngineIO.MaxMessagesPerSecond, options.EngineIO.RateBurst) = (10, TimeSpan.FromSeconds(1)));
        await using var bad = await TestClient.ConnectAsync(server.GetUrl(), "acme");
        await using var good = await TestClient.ConnectAsync(server.GetUrl(), "acme");
        for (var index = 0; index < 10_000 && !bad.Closed.IsCompleted; index++)
        {
            try
            {
                await bad.SendAsync("{}");
            }
            catch (Exception exception) when (exception is System.Net.WebSockets.WebSocketException or ObjectDisposedException)
            {
                break;
            }
        }

        Assert.Equal(("acme", "messages per second: 10"), await _raised.Reader.ReadAsync().AsTask().WithTimeout());
        await bad.Closed.WithTimeout();
        await server.GetAccount("acme").SendAsync("news");
        Assert.Equal("""{"event":"news","args":[]}""", await good.ReadMessageAsync());
    }

    [Fact]
    public async Task HandshakesPerAddress_Exceeded_RaisesTheEventWithTheAddress()
    {
        await using var server = await StartAsync(
            backends.NewPrefix(), static options => (options.EngineIO.MaxHandshakesPerAddress, options.EngineIO.HandshakeWindow) = (1, TimeSpan.FromHours(1)));
        await using var good = await TestClient.ConnectAsync(server.GetUrl(), "acme");
        Assert.Equal((429, "Too many handshakes from this address"), await JwtTests.HandshakeAsync(server, "&account=acme", null, null));
        Assert.Equal(("", "handshakes per address: 1 in 01:00:00, from 127.0.0.1"), await _raised.Reader.ReadAsync().AsTask().WithTimeout());
        await server.GetAccount("acme").SendAsync("news");
        Assert.Equal("""{"event":"news","args":[]}""", await good.ReadMessageAsync());
    }

    private async Task<ScalerServer> StartAsync(string prefix, Action<ScalerOptions> configure) => await ScalerTestServer.StartAsync(
        await backends.ConnectAsync(Backend.Garnet),
        prefix,
        configure,
        server => server.On("error::limit", (account, limit) => _raised.Writer.TryWrite((account, limit))));
}
