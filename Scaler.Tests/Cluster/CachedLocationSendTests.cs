using System.Text;
using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Bus;
using Scaler.Cluster.Redis.Registry;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

/// <summary>Tests sends to accounts with a cached location: the Redis commands, and when the cache is bypassed.</summary>
public sealed class CachedLocationSendTests(Backends backends) : IClassFixture<Backends>, IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _received = [];
    private IConnectionMultiplexer _redis = null!;
    private RedisServerRegistry _registry = null!;
    private RedisMessageBus _bus = null!;

    public async Task InitializeAsync()
    {
        if (ExternalTool.GetSkipReason("redis-server") is null)
        {
            var keys = new RedisKeys(backends.NewPrefix());
            _redis = await backends.ConnectAsync(Backend.RedisServer);
            _registry = new RedisServerRegistry(_redis, keys);
            _bus = new RedisMessageBus(_redis, keys, new ScalerMetrics(null), time: _time);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [RedisServerFact]
    public async Task SendAsync_LocationCached_RunsNoScript()
    {
        await JoinAsync("b", 1);
        await RegisterAsync("b.1", connection: "1");
        await using var listening = await _bus.SubscribeAsync("b.1", Receive, reconnect: false);
        Assert.Equal([new DeliveryResult("b.1", 1, true)], await SendAsync("first"));
        var scripts = await RedisCommandStats.CountScriptsAsync(_redis);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal([new DeliveryResult("b.1", 1, true)], await SendAsync($"{i}"));
        }

        Assert.Equal(scripts, await RedisCommandStats.CountScriptsAsync(_redis));
    }

    [RedisServerFact]
    public async Task SendAsync_ManyConcurrently_PublishesFewMessagesPerServer()
    {
        await JoinAsync("b", 1);
        await RegisterAsync("b.1", connection: "1");
        await using var listening = await _bus.SubscribeAsync("b.1", Receive, reconnect: false);
        await SendAsync("first");
        var published = await RedisCommandStats.CountAsync(_redis, "publish");

        var sends = Enumerable.Range(0, 2 * PublishBatcher<PendingPublish>.MaxEntries).Select(i => SendAsync($"{i}")).ToList();
        Assert.All(await Task.WhenAll(sends).WithTimeout(), reached => Assert.Equal([new DeliveryResult("b.1", 1, true)], reached));

        // The first call may carry one or a few envelopes, and the second call the rest.
        Assert.InRange(await RedisCommandStats.CountAsync(_redis, "publish") - published, 1, 20);
        await ReceivedAsync(["first", .. Enumerable.Range(0, sends.Count).Select(i => $"{i}")]);
    }

    [RedisServerFact]
    public async Task SendAsync_ManyBytes_PublishesSeveralMessagesInOrder()
    {
        await JoinAsync("b", 1);
        await RegisterAsync("b.1", connection: "1");
        await using var listening = await _bus.SubscribeAsync("b.1", Receive, reconnect: false);
        await SendAsync("first");
        var published = await RedisCommandStats.CountAsync(_redis, "publish");

        string[] texts = [.. Enumerable.Range(0, 60).Select(i => $"{i} {new string('x', i % 7 == 0 ? 100_000 : 20_000)}")];
        Assert.All(await Task.WhenAll(texts.Select(SendAsync)), reached => Assert.Equal([new DeliveryResult("b.1", 1, true)], reached));

        // At most three of the 51 shorter envelopes share a message.
        Assert.InRange(await RedisCommandStats.CountAsync(_redis, "publish") - published, 9 + 17, 60);
        await ReceivedAsync(["first", .. texts]);
    }

    [RedisServerFact]
    public async Task SendAsync_LeaseMayHaveExpired_RunsTheScript()
    {
        await JoinAsync("b", 1);
        await RegisterAsync("b.1", connection: "1");
        await using var listening = await _bus.SubscribeAsync("b.1", Receive, reconnect: false);
        await SendAsync("first");
        await _registry.LeaveAsync("b.1");
        _time.Advance(Lease);

        Assert.Equal([new DeliveryResult("b.1", 1, false)], await SendAsync("second"));
        await JoinAsync("b", 1);
        Assert.Equal([new DeliveryResult("b.1", 1, true)], await SendAsync("third"));
        await ReceivedAsync("first", "third");
    }

    [RedisServerFact]
    public async Task SendAsync_NewEpochAndListeningUnderBothEpochs_DeliversOnce()
    {
        await JoinAsync("b", 1);
        await RegisterAsync("b.1", connection: "1");
        await using var listeningOld = await _bus.SubscribeAsync("b.1", Receive, reconnect: false);
        await SendAsync("first");
        await using var listening = await _bus.SubscribeAsync("b.2", Receive, reconnect: false);
        await JoinAsync("b", 2);
        await RegisterAsync("b.2", connection: "1");

        await SendAsync("second");
        await SendAsync("third");

        await ReceivedAsync("first", "second", "third");
    }

    [RedisServerFact]
    public async Task SendAsync_NewEpochAndListeningUnderTheNewEpochOnly_DeliversToIt()
    {
        await JoinAsync("b", 1);
        await RegisterAsync("b.1", connection: "1");
        await using (await _bus.SubscribeAsync("b.1", Receive, reconnect: false))
        {
            await SendAsync("first");
            await ReceivedAsync("first");
        }

        await using var listening = await _bus.SubscribeAsync("b.2", Receive, reconnect: false);
        await JoinAsync("b", 2);
        await RegisterAsync("b.2", connection: "1");

        Assert.Contains(new DeliveryResult("b.2", 1, true), await SendAsync("second"));
        await ReceivedAsync("first", "second");
    }

    [RedisServerFact]
    public async Task SendAsync_ServerRegisteredThenLeft_DoesNotDeliverToIt()
    {
        await JoinAsync("b", 1);
        await JoinAsync("c", 1);
        await RegisterAsync("b.1", connection: "1");
        await using var listenB = await _bus.SubscribeAsync("b.1", Receive, reconnect: false);
        await using var listenC = await _bus.SubscribeAsync("c.1", Receive, reconnect: false);
        await SendAsync("first");
        await RegisterAsync("c.1", connection: "2");
        await _registry.LeaveAsync("c.1");

        Assert.Equal([new DeliveryResult("b.1", 1, true), new DeliveryResult("c.1", 1, false)], await SendAsync("second"));
        await ReceivedAsync("first", "second");
    }

    private async Task JoinAsync(string id, long epoch) =>
        await _registry.RenewAsync(new ServerInfo { Id = id, Epoch = epoch }, Lease, join: true);

    private async Task RegisterAsync(string holder, string connection) =>
        Assert.True(await _registry.RegisterAsync(holder, [new("acme", connection, default)], limit: 0));

    private Task<IReadOnlyList<DeliveryResult>> SendAsync(string envelope) =>
        _bus.SendToAccountAsync("acme", "a.1", Encoding.ASCII.GetBytes(envelope)).WithTimeout();

    private void Receive(ReadOnlyMemory<byte> envelope)
    {
        lock (_received)
        {
            _received.Add(Encoding.ASCII.GetString(envelope.Span));
        }
    }

    /// <summary>Asserts that exactly the expected envelopes have arrived, after sending a final marker.</summary>
    private async Task ReceivedAsync(params string[] expected)
    {
        var end = new TaskCompletionSource();
        await using var listening = await _bus.SubscribeAsync("end.1", _ => end.TrySetResult(), reconnect: false);

        // The marker is published last, over the same connection. Each channel has its own queue in the client, so the
        // other envelopes may still arrive slightly later.
        await _bus.SendToServerAsync("end.1", "end"u8.ToArray());
        await end.Task.WithTimeout();
        await Deadline.WaitUntilAsync(() =>
        {
            lock (_received)
            {
                return _received.Count >= expected.Length;
            }
        });
        lock (_received)
        {
            Assert.Equal(expected, _received);
        }
    }
}
