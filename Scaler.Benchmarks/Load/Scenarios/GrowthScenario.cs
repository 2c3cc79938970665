using System.Globalization;
using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

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
                var rounds = await clients.RunAsync(token => MeasureAsync(group, clients, options, token), cancellationToken);
                foreach (var sample in rounds)
                {
                    sample[Figure.Memory] -= before / step;
                    samples.Add(string.Create(CultureInfo.InvariantCulture, $"{kind.Name}, {step:N0}"), sample);
                }

                Console.Error.WriteLine($"{Name} {kind.Name} {step}");
            }
        }

        return samples;
    }

    protected override Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Each step opens its own connections.");

    private static async Task<List<Sample>> MeasureAsync(
        ServerGroup group, Clients clients, LoadOptions options, CancellationToken cancellationToken)
    {
        var echoClients = EchoClient.Create(clients, group.Kind, size: 64, depth: 1);
        await MeasureAsync(group, clients, echoClients, TimeSpan.FromSeconds(options.Warmup), cancellationToken);
        var samples = new List<Sample>();
        for (var round = 0; round < options.Rounds; round++)
        {
            samples.Add(await MeasureAsync(group, clients, echoClients, options.Measurement, cancellationToken));
        }

        return samples;
    }

    private static async Task<Sample> MeasureAsync(
        ServerGroup group, Clients clients, EchoClient[] echoClients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var (messagesBefore, cpuBefore, began) = (clients.Messages, group.Cpu, time.GetTimestamp());
        using var timer = new PeriodicTimer(Tick, time);
        var sent = 0;
        while (time.GetElapsedTime(began) is var elapsed && elapsed < duration)
        {
            for (var due = (int)(elapsed.TotalSeconds * Rate); sent < due; sent++)
            {
                await echoClients[sent % echoClients.Length].SendAsync();
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        var messages = clients.Messages - messagesBefore;
        var sample = new Sample
        {
            [Figure.Cpu] = (group.Cpu - cpuBefore).TotalMicroseconds / messages,
            [Figure.Rate] = messages / time.GetElapsedTime(began).TotalSeconds,
            [Figure.Memory] = group.Servers[0].ResidentKiB / echoClients.Length,
        };
        await EchoClient.AwaitEchoesAsync(echoClients, cancellationToken);
        return sample;
    }
}
