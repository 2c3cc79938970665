using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Scaler.Cluster.Redis;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster;

public sealed class RedisMessageBusTests(Backends backends) : IClassFixture<Backends>
{
    [Fact]
    public async Task Listening_WhileMoreWaitThanAllowed_PassesTheOldestOver_AndCountsThem()
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
        await using var listening = await bus.ListenAsync("slow.1", envelope =>
        {
            go.Wait();
            received.Add(BitConverter.ToInt32(envelope.Span));
            if (received[^1] == Sent - 1)
            {
                last.SetResult();
            }
        }, anew: false);

        for (var i = 0; i < Sent; i++)
        {
            await bus.TellAsync("slow.1", BitConverter.GetBytes(i));
        }

        // What is sent over another connection is answered before what was published before it has been read: ask over this one.
        await redis.GetSubscriber().PingAsync();
        go.Set();
        await last.Task.Within();

        Assert.Equal(received.Order(), received);
        Assert.InRange(received.Count, 2, Backlog + 3);
        Assert.Equal(Sent - received.Count, skipped.GetMeasurementSnapshot().Sum(m => m.Value));
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
