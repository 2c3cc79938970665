using System.Collections.Concurrent;
using System.Globalization;
using Scaler.Benchmarks.Load.Hostile;
using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using StackExchange.Redis;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>A soak test: well-behaved clients alone for a sixth of the time, then together with attackers of all kinds.</summary>
internal sealed class HostileScenario() : Scenario("hostile", "200 well-behaved clients, without and with attackers")
{
    private const int Count = 200;
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(5);

    public override async Task<Samples> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        // The --seconds option; five minutes if it is not specified.
        var duration = options.IsDefault(nameof(LoadOptions.Seconds)) ? DefaultDuration : options.Measurement;
        var samples = new Samples();
        foreach (var kind in Kinds)
        {
            await using var group = await ServerGroup.StartAsync(kind, 1, cancellationToken);
            await using var redis = await ConnectionMultiplexer.ConnectAsync(group.Redis!.Address);
            await using var cluster = new ScalerCluster(redis);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var errors = new ConcurrentDictionary<string, int>();
            var watching = WatchAsync(cluster, errors, stop.Token);
            await new WellBehavedClients(Count).RunAsync(group, duration / 12, cancellationToken);
            samples.Add("without attackers", await MeasureAsync(group, duration / 6, cancellationToken));
            Attackers attackers;
            await using (attackers = new Attackers(group.EndPoint(0), options.Seed))
            {
                var memory = RecordMemoryAsync(group, attackers, stop.Token);
                samples.Add("with attackers", await MeasureAsync(group, duration * 5 / 6, cancellationToken));
                await stop.CancelAsync();
                await memory;
            }

            await watching;
            Notes.Add($"Attacks: {attackers.Total:N0} of {attackers.Done.Count} kinds. Error events: "
                + string.Join(", ", errors.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value:N0}")) + ".");
        }

        return samples;
    }

    protected override Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken) =>
        new WellBehavedClients(Count).RunAsync(group, duration, cancellationToken);

    private async Task RecordMemoryAsync(ServerGroup group, Attackers attackers, CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromSeconds(10);
        using var timer = new PeriodicTimer(interval, TimeProvider.System);
        var memory = new List<string>();
        try
        {
            do
            {
                memory.Add((group.Servers[0].ResidentKiB / 1024).ToString("0", CultureInfo.InvariantCulture));
                Console.Error.WriteLine($"{Name} {memory.Count * interval.TotalSeconds} s: {memory[^1]} MiB, {attackers.Total} attacks");
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            Notes.Add($"The server's memory (RSS, MiB) every {interval.TotalSeconds} s: {string.Join(' ', memory)}.");
        }
    }

    private static async Task WatchAsync(ScalerCluster cluster, ConcurrentDictionary<string, int> errors, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var error in cluster.WatchErrorsAsync(cancellationToken))
            {
                errors.AddOrUpdate(error.Name, 1, (_, count) => count + 1);
            }
        }
        catch (OperationCanceledException)
        {
            // The soak test has ended.
        }
    }
}
