using System.Globalization;
using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures a constant number of messages per second over a growing number of connections. The table has a row per number of
/// connections.
/// </summary>
internal sealed class GrowthScenario()
    : Scenario("growth", "echo of 64 B, 5,000 per second over a growing number of connections, per message")
{
    private const int Rate = 5000;
    private static readonly int[] Steps = [1000, 2500, 5000, 10_000, 19_000];
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public override async Task<Samples> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        foreach (var kind in Kinds.Where(kind => options.Measures(kind.Name)))
        {
            foreach (var step in Steps)
            {
                await using var group = await ServerGroup.StartAsync(kind, 1, cancellationToken);
                var before = group.Servers[0].ResidentKiB;
                await using var clients = await Clients.OpenAsync(group, step, client => $"account-{client}", cancellationToken, bufferSize: 512);
                clients.Run();
                await MeasureAsync(group, clients, TimeSpan.FromSeconds(options.Warmup), cancellationToken);
                for (var round = 0; round < options.Rounds; round++)
                {
                    var sample = await MeasureAsync(group, clients, options.Measurement, cancellationToken);
                    sample[Figure.Memory] = (group.Servers[0].ResidentKiB - before) / step;
                    samples.Add(string.Create(CultureInfo.InvariantCulture, $"{kind.Name}, {step:N0}"), sample);
                }

                Console.Error.WriteLine($"{Name} {kind.Name} {step}");
            }
        }

        return samples;
    }

    protected override Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Each step opens its own connections.");

    private static async Task<Sample> MeasureAsync(ServerGroup group, Clients clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var frame = ClientFrame.Encode(group.Kind.Dialect.Message(new string('x', 64)));
        var time = TimeProvider.System;
        var (messagesBefore, cpuBefore, began) = (clients.Messages, group.Cpu, time.GetTimestamp());
        using var timer = new PeriodicTimer(Tick, time);
        var sent = 0;
        while (time.GetElapsedTime(began) is var elapsed && elapsed < duration)
        {
            for (var due = (int)(elapsed.TotalSeconds * Rate); sent < due; sent++)
            {
                await clients.Connections[sent % clients.Connections.Count].SendAsync(frame);
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        var messages = clients.Messages - messagesBefore;
        return new Sample
        {
            [Figure.Cpu] = (group.Cpu - cpuBefore).TotalMicroseconds / messages,
            [Figure.Rate] = messages / time.GetElapsedTime(began).TotalSeconds,
        };
    }
}
