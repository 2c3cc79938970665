using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Scaler.Cluster.Redis;
using Scaler.Cluster.Redis.Bus;
using Scaler.Tests.Helpers;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

public sealed class RedisMessageBusTests(Backends backends) : IClassFixture<Backends>
{
    [Fact]
    public async Task ListenAsync_BacklogFull_SkipsAndCountsTheOldestEnvelopes()
    {
        const int Backlog = 10;
        const int Sent = 200;
        var redis = await backends.ConnectAsync(Backend.Garnet);
        using var meters = new Meters();
        using var skipped = new MetricCollector<long>(meters, ScalerMetrics.MeterName, "scaler.bus.envelopes.skipped");
        var bus = new RedisMessageBus(redis, new RedisKeys(backends.NewPrefix()), new ScalerMetrics(meters), Backlog);
        using var go = new ManualResetEventSlim();
        var received = new List<int>();
        var last = new TaskCompletionSource();
        await using var listening = await bus.SubscribeAsync("slow.1", envelope =>
        {
            go.Wait();
            received.Add(BitConverter.ToInt32(envelope.Span));
            if (received[^1] == Sent - 1)
            {
                last.SetResult();
            }
        }, reconnect: false);

        for (var i = 0; i < Sent; i++)
        {
            await bus.SendToServerAsync("slow.1", BitConverter.GetBytes(i));
        }

        // PING over the subscription connection: on another connection, a command may complete before the published
        // messages have been read.
        await redis.GetSubscriber().PingAsync();
        go.Set();
        await last.Task.WithTimeout();

        Assert.Equal(received.Order(), received);
        Assert.InRange(received.Count, 2, Backlog + 3);
        Assert.Equal(Sent - received.Count, skipped.GetMeasurementSnapshot().Sum(m => m.Value));
    }

    [RedisServerFact]
    public async Task BroadcastAsync_ManyWhileACallIsInFlight_AreBatchedIntoFewCalls()
    {
        var redis = await backends.ConnectAsync(Backend.RedisServer);
        var operatorsRedis = await backends.ConnectAsync(Backend.RedisServer);
        var bus = new RedisMessageBus(redis, new RedisKeys(backends.NewPrefix()), new ScalerMetrics(null));
        await bus.BroadcastAsync("a.1", new byte[1]);

        var before = await RedisCommandStats.CountScriptsAsync(redis);
        await bus.BroadcastAsync("a.1", new byte[1]);
        Assert.Equal(before + 1, await RedisCommandStats.CountScriptsAsync(redis));

        // The first call carries one or a few entries. The rest wait until it completes.
        await operatorsRedis.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        var sends = Enumerable.Range(0, 1 + (6 * PublishBatcher<PendingPublish>.MaxEntries)).Select(_ => bus.BroadcastAsync("a.1", new byte[1])).ToList();
        await operatorsRedis.GetDatabase().ExecuteAsync("CLIENT", "UNPAUSE");
        await Task.WhenAll(sends).WithTimeout();
        Assert.Equal(before + 1 + 4, await RedisCommandStats.CountScriptsAsync(redis));
    }

    [RedisServerFact]
    public async Task SendAsync_RedisDies_FailsAllPendingSendsAndRecovers()
    {
        await using var process = await RedisProcess.StartAsync();
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{process.Endpoint},allowAdmin=true,abortConnect=false,asyncTimeout=1000");
        var bus = new RedisMessageBus(redis, new RedisKeys("scaler"), new ScalerMetrics(null));
        await bus.SendToAccountAsync("acme", "a.1", new byte[1]);

        await redis.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE");
        var sends = Enumerable.Range(0, 500).Select(async i =>
        {
            return i % 3 == 0 ? await bus.SendToServerAsync("b.1", new byte[1]) : (await bus.SendToAccountAsync("acme", "a.1", new byte[1])).Count > 0;
        }).ToList();
        await process.KillAsync();

        foreach (var send in sends)
        {
            await Task.WhenAny(send).WithTimeout("the end of a send");
            Assert.True(send.Exception?.InnerException is RedisException or RedisTimeoutException, $"{send.Status}");
        }

        await process.RestartAsync();
        await Deadline.WaitUntilAsync(() => redis.IsConnected);
        Assert.Empty(await bus.SendToAccountAsync("acme", "a.1", new byte[1]).WithTimeout());
    }

    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            options.Scope = this;
            var meter = new Meter(options);
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(meter => meter.Dispose());
    }
}
