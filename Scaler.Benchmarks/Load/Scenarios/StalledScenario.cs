using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;
using StackExchange.Redis;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures broadcasts to 200 readers, first alone and then together with 1,000 clients that do not read. The socket buffers of
/// the stalled clients fill first, then their queues. Within the measurement, the server closes all stalled clients.
/// </summary>
internal sealed class StalledScenario()
    : Scenario("stalled", "broadcasts of 8 KiB to 200 readers, without and with 1,000 stalled clients")
{
    // Half a queue. The socket buffer of a client (some 128 KiB) and the rest of its queue fill up within the measurement.
    private const int PrefillMessages = 8;
    private const int PrefillSize = 64 * 1024;
    private const int Size = 8 * 1024;
    private const int Healthy = 200;
    private const int Stalled = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(10);

    // Enough for a hundred broadcasts: with twenty, the 99th percentile would be the maximum.
    private static readonly TimeSpan MinDuration = TimeSpan.FromSeconds(10);

    public override async Task<Samples> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var duration = options.Measurement < MinDuration ? MinDuration : options.Measurement;
        foreach (var kind in Kinds)
        {
            for (var round = 0; round < options.Rounds; round++)
            {
                await using var group = await ServerGroup.StartAsync(kind, 1, cancellationToken);
                await WarmUpAsync(group, options, cancellationToken);
                samples.Add("alone", await MeasureAsync(group, duration, cancellationToken));
                samples.Add($"beside {Stalled:N0} stalled", await BesideStalledAsync(group, duration, cancellationToken));
            }
        }

        return samples;
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(group, Healthy, client => $"healthy-{client}", cancellationToken, bufferSize: 32 * 1024);
        return await clients.RunAsync(token => MeasureAsync(group, clients, duration, token), cancellationToken);
    }

    private static async Task<Sample> MeasureAsync(
        ServerGroup group, Clients clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var text = new NumberedText(Size);
        using var broadcaster = await Broadcaster.OpenAsync(group, text, cancellationToken);
        var deliveries = new Deliveries(group.Kind.Name, text, clients.Connections, DeliveryTimeout, broadcaster.PostAsync);
        await deliveries.AwaitSubscriptionsAsync(cancellationToken);
        var histogram = new Histogram();
        var time = TimeProvider.System;
        var (lost, peak) = (0, 0.0);
        using var timer = new PeriodicTimer(Interval, time);
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < duration;)
        {
            var start = time.GetTimestamp();
            try
            {
                await deliveries.SendAsync(cancellationToken);
            }
            catch (TimeoutException)
            {
                lost++;
            }

            histogram.Add(time.GetElapsedTime(start));
            peak = Math.Max(peak, group.Servers[0].ResidentKiB / 1024);
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return new Sample
        {
            [Figure.Lost] = lost,
            [Figure.Median] = histogram.Quantile(0.5),
            [Figure.P99] = histogram.Quantile(0.99),
            ["peak RSS MiB"] = peak,
        };
    }

    private async Task<Sample> BesideStalledAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(group.Redis!.Address);
        await using var cluster = new ScalerCluster(redis);
        var limited = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync();
        await using var stalled = await Clients.OpenAsync(
            group, Stalled, client => $"stalled-{client}", cancellationToken, bufferSize: 512, receiveBuffer: 4096);
        using (var http = await HttpConnection.OpenAsync(group.EndPoint(0), cancellationToken))
        {
            var prefill = Broadcaster.Encode(group.Kind, new string('x', PrefillSize));
            for (var i = 0; i < PrefillMessages; i++)
            {
                await http.SendAsync(prefill);
            }
        }

        // Wait until the prefilled messages are sent: their delay is not part of the measurement.
        await MeasureAsync(group, TimeSpan.FromSeconds(1), cancellationToken);
        var sample = await MeasureAsync(group, duration, cancellationToken);
        await Task.WhenAny(all.Task, Task.Delay(DeliveryTimeout, TimeProvider.System, cancellationToken));
        await stop.CancelAsync();
        await watching;
        sample["closed as slow"] = limited;
        return sample;

        async Task WatchAsync()
        {
            try
            {
                await foreach (var error in cluster.WatchErrorsAsync(stop.Token))
                {
                    limited += error.Name == ErrorNames.Limit ? 1 : 0;
                    if (limited == Stalled)
                    {
                        all.TrySetResult();
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The measurement has ended.
            }
        }
    }
}
