using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;
using StackExchange.Redis;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Broadcasts to 200 readers, alone and then beside 1,000 that take nothing: at first what the sockets hold of theirs is full, then
/// their queues fill, and within the measurement all of them are closed.
/// </summary>
internal sealed class StalledScenario() : Scenario("stalled", "broadcasts of 8 KiB to 200 readers, without and with 1,000 beside them that do not read")
{
    // Half a queue: what the system takes for a client (some 128 KiB) and the rest of the queue are filled within the measurement.
    private const int Filling = 8;
    private const int FillingSize = 64 * 1024;
    private const int Size = 8 * 1024;
    private const int Healthy = 200;
    private const int Stalled = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A hundred broadcasts: of twenty, the 99th percentile would be the longest.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    public override async Task<Samples> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var duration = options.Measurement < Shortest ? Shortest : options.Measurement;
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
        var arrived = new Arrivals(Healthy);
        foreach (var client in clients.Connections)
        {
            client.Received = (_, messages) => arrived.Add(messages);
        }

        clients.Run();
        using var http = await HttpConnection.OpenAsync(group.EndPoint(0), cancellationToken);
        var request = Broadcast(group, Size);
        var histogram = new Histogram();
        var time = TimeProvider.System;
        var (lost, most) = (0, 0.0);
        using var timer = new PeriodicTimer(Interval, time);
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < duration;)
        {
            var start = time.GetTimestamp();
            var all = arrived.Next();
            if ((await http.SendAsync(request)).Status >= 300)
            {
                throw new IOException("The broadcast was refused.");
            }

            try
            {
                await all.WaitAsync(Patience, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                lost++;
            }

            histogram.Add(time.GetElapsedTime(start));
            most = Math.Max(most, group.Servers[0].ResidentKiB / 1024);
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return new Sample
        {
            [Figure.Lost] = lost,
            [Figure.Median] = histogram.Quantile(0.5),
            [Figure.P99] = histogram.Quantile(0.99),
            ["most RSS MiB"] = most,
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
            var filling = Broadcast(group, FillingSize);
            for (var i = 0; i < Filling; i++)
            {
                await http.SendAsync(filling);
            }
        }

        // What the filling has put into the queues is sent first: that is another delay than the one that is measured.
        await MeasureAsync(group, TimeSpan.FromSeconds(1), cancellationToken);
        var sample = await MeasureAsync(group, duration, cancellationToken);
        await Task.WhenAny(all.Task, Task.Delay(Patience, TimeProvider.System, cancellationToken));
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
                // Enough was seen.
            }
        }
    }

    private static byte[] Broadcast(ServerGroup group, int size) =>
        HttpConnection.Post(group.Kind.BroadcastPath, group.Kind.Body(new string('x', size)), group.Kind.Headers);
}
