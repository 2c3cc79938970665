using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Secrets;
using Scaler.Tests.Cluster;
using Scaler.Tests.Cluster.Peers;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Security.Cluster;

/// <summary>Tests attackers that can write to Redis, or that listen at the URL of a server, but do not know the secret.</summary>
public sealed class ForgedServerTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private const string FarFuture = "9000000000000";

    private readonly string _prefix = backends.NewPrefix();
    private readonly HttpClient _http = new();
    private readonly TcpListener _attacker = new(IPAddress.Loopback, 0);
    private readonly List<PeerHost> _hosts = [];
    private RedisKeys _keys = null!;

    private PeerHost One => _hosts[0];

    private PeerHost Two => _hosts[1];

    private string AttackerUrl => $"http://{_attacker.LocalEndpoint}";

    public Task InitializeAsync()
    {
        _keys = new RedisKeys(_prefix);
        _attacker.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _attacker.Dispose();
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Theory, OnGarnet, OnRedisServer]
    public async Task Forward_ForgedEntryOfALiveServer_NeverConnectsToItsUrl(Backend backend)
    {
        var redis = (await StartAsync(backend)).GetDatabase();
        var sid = await OpenAsync(Two);
        await using var socket = await TestClient.ConnectAsync(Two.Url, "acme");
        var genuine = (string)(await redis.HashGetAsync(_keys.Servers, Two.Server.Cluster.Node.ServerEpoch))!;
        foreach (var name in new[] { "two.9999999999999", "evil.1" })
        {
            var parts = name.Split('.');
            await redis.HashSetAsync(_keys.Leases, name, FarFuture);
            await redis.HashSetAsync(_keys.Servers, name, genuine
                .Replace("\"two\"", $"\"{parts[0]}\"", StringComparison.Ordinal)
                .Replace(
                    $"\"epoch\":{ServerEpochName.GetEpoch(Two.Server.Cluster.Node.ServerEpoch)}", $"\"epoch\":{parts[1]}",
                    StringComparison.Ordinal)
                .Replace(Two.Url, AttackerUrl, StringComparison.Ordinal));
        }

        await Deadline.WaitUntilAsync(
            () => One.Server.Cluster.IgnoredServerEntries == 2 && Two.Server.Cluster.IgnoredServerEntries == 2);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("ok", await PostAsync(One, sid));
        }

        Assert.Contains(
            "Session ID unknown", await PostAsync(One, ClusterSid.Create("evil", One.Server.Cluster.Node.Secret)),
            StringComparison.Ordinal);
        Assert.Equal(2, (await One.Server.GetAccount("acme").SendAsync("news")).Connections);
        Assert.Equal("""{"event":"news","args":[]}""", await socket.ReadMessageAsync());
        Assert.Equal(["one", "two"], (await One.Server.Cluster.GetServersAsync()).Select(static server => server.Id));
        Assert.False(_attacker.Pending());
    }

    [Theory]
    [InlineData("/path?x=")]
    [InlineData("/?x=")]
    [InlineData("/#")]
    public async Task Forward_SignedEntryWithAPath_NeverConnectsToItsUrl(string path)
    {
        await StartAsync(Backend.Garnet);
        await One.Server.Cluster.Node.Servers.RenewAsync(
            new ServerInfo { Id = "wrong", Epoch = 1, Url = AttackerUrl + path }, TimeSpan.FromMinutes(1), join: true);
        var sid = ClusterSid.Create("wrong", One.Server.Cluster.Node.Secret);

        Assert.Contains("Session ID unknown", await PostAsync(One, sid), StringComparison.Ordinal);
        Assert.Contains("Session ID unknown", await PostAsync(One, sid, streamed: true), StringComparison.Ordinal);

        Assert.Equal("ok", await PostAsync(One, await OpenAsync(Two)));
        Assert.False(_attacker.Pending());
    }

    [Fact]
    public async Task Forward_ProcessAtTheUrlWithoutTheSecret_ReceivesNothingOfTheClient()
    {
        await StartAsync(Backend.Garnet);
        var received = new ConcurrentQueue<string>();
        _ = AnswerUpgradesAsync(received);
        await One.Server.Cluster.Node.Servers.RenewAsync(
            new ServerInfo { Id = "taken", Epoch = 1, Url = AttackerUrl }, TimeSpan.FromMinutes(1), join: true);
        var sid = ClusterSid.Create("taken", One.Server.Cluster.Node.Secret);

        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("Session ID unknown", await PostAsync(One, sid), StringComparison.Ordinal);
            Assert.Contains("Session ID unknown", await PostAsync(One, sid, streamed: true), StringComparison.Ordinal);
        }

        Assert.Equal("ok", await PostAsync(One, await OpenAsync(Two)));
        Assert.Contains(received, static request => request.Contains(PeerHandshakeHeader.Protocol, StringComparison.Ordinal));
        Assert.All(received, request =>
        {
            Assert.DoesNotContain(sid, request, StringComparison.Ordinal);
            Assert.DoesNotContain("token", request, StringComparison.Ordinal);
            Assert.DoesNotContain("4{}", request, StringComparison.Ordinal);
        });
        Assert.Single(One.Logs.GetSnapshot(), static record =>
            record.Level == LogLevel.Warning
            && record.Message.Contains("did not prove that it is server taken", StringComparison.Ordinal));
        Assert.DoesNotContain(One.ForwardedRequests, static forward => forward == "http forwarded");
    }

    [Theory, OnGarnet, OnRedisServer]
    public async Task Renew_UnreadableEntriesBesideGoodOnes_KeepsTheClusterWorking(Backend backend)
    {
        var redis = (await StartAsync(backend)).GetDatabase();
        await using var client = await TestClient.ConnectAsync(Two.Url, "acme");
        string[] entries =
        [
            "", "x", "{", "null", "[]", "7", "{}", """{"id":1,"epoch":1}""", """{"id":null,"epoch":1}""", """{"id":"a","epoch":1e99}""",
            """{"id":"\ud800","epoch":1}""", """{"id":"a","epoch":1,"unreachable":[null]}""", """{"id":"a","epoch":1,"startedAt":"x"}""",
            new string('[', 10_000), $$"""{"id":"a","epoch":1,"version":"{{new string('x', 100_000)}}"}""",
        ];
        for (var i = 0; i < entries.Length; i++)
        {
            await redis.HashSetAsync(_keys.Leases, $"garbage{i}.1", i % 2 == 0 ? FarFuture : "garbage");
            await redis.HashSetAsync(_keys.Servers, $"garbage{i}.1", entries[i]);
        }

        foreach (var name in new RedisValue[] { "GARBAGE0.1", new byte[] { 0xFF, 0xFE }, new byte[] { 0xFE, 0xFF }, "", new string('n', 1000) })
        {
            await redis.HashSetAsync(_keys.Leases, name, FarFuture);
            await redis.HashSetAsync(_keys.Servers, name, "x");
        }

        foreach (var host in _hosts)
        {
            await Deadline.WaitUntilAsync(() => host.Server.Cluster.IgnoredServerEntries >= (entries.Length / 2) + 1);
            await host.Server.Membership.RenewNowAsync();
            Assert.True(host.Server.Membership.HoldsLease);
        }

        Assert.Equal(["one", "two"], (await One.Server.Cluster.GetServersAsync()).Select(static server => server.Id));
        Assert.Equal(1, (await One.Server.GetAccount("acme").SendAsync("news")).Connections);
        Assert.Equal(1, (await One.Server.BroadcastAsync("all")).Connections);
        Assert.Equal("""{"event":"news","args":[]}""", await client.ReadMessageAsync());
        Assert.Equal("""{"event":"all","args":[]}""", await client.ReadMessageAsync());
        Assert.Equal("ok", await PostAsync(One, await OpenAsync(Two)));

        // Entries without a lease are removed; a fake lease keeps an entry, which is still ignored.
        await Deadline.WaitUntilAsync(async () => !await redis.HashExistsAsync(_keys.Servers, "garbage1.1"));
        Assert.DoesNotContain(
            One.Logs.GetSnapshot(), static record => record.Message.Contains("could not be renewed", StringComparison.Ordinal));
    }

    private async Task<IConnectionMultiplexer> StartAsync(Backend backend)
    {
        foreach (var id in new[] { "one", "two" })
        {
            _hosts.Add(await PeerHost.StartAsync(await backends.ConnectAsync(backend), _prefix, id, options =>
            {
                options.Cluster.Secret = "a secret of the cluster, 32 characters";
                options.Cluster.LeaseRenewal = TimeSpan.FromMilliseconds(100);
                options.Cluster.ForwardConnectTimeout = Deadline.DefaultTimeout;
                options.Cluster.SendTimeout = Deadline.DefaultTimeout;
            }));
        }

        return await backends.ConnectAsync(backend);
    }

    private async Task<string> OpenAsync(PeerHost host) => EngineTestHost.ParseSid(
        await _http.GetStringAsync(new Uri($"{host.Url}/stream/?EIO=4&transport=polling&account=acme")).WithTimeout());

    /// <summary>Posts a message as a client does. A chunked body is streamed instead of using a peer connection.</summary>
    private async Task<string> PostAsync(PeerHost host, string sid, bool streamed = false)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"{host.Url}/stream/?EIO=4&transport=polling&account=acme&sid={sid}");
        request.Content = new StringContent("4{}");
        request.Headers.TransferEncodingChunked = streamed;
        request.Headers.Add("Authorization", "Bearer token");
        using var answer = await _http.SendAsync(request).WithTimeout();
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task AnswerUpgradesAsync(ConcurrentQueue<string> received)
    {
        try
        {
            while (true)
            {
                using var connection = await _attacker.AcceptTcpClientAsync();
                var buffer = new byte[16 * 1024];
                var count = await connection.GetStream().ReadAsync(buffer);
                received.Enqueue(Encoding.ASCII.GetString(buffer, 0, count));
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {PeerHandshakeHeader.Protocol}\r\n\r\n"));
                count = await connection.GetStream().ReadAsync(buffer);
                received.Enqueue(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (Exception exception) when (
            exception is SocketException or ObjectDisposedException or IOException or OperationCanceledException)
        {
            // The test has ended, or a connection was closed.
        }
    }
}
