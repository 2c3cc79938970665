using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures echoes at a rate far below a server's capacity, as in most deployments. The cost of idle waiting weighs most here.
/// </summary>
internal sealed class PacedScenario(int rate)
    : Scenario($"paced-{rate}", $"echo of 64 B, {rate:N0} per second over 256 connections, per message")
{
    private const int Count = 256;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(group, Count, cancellationToken);
        return await clients.RunAsync(token => MeasureAsync(group, clients, duration, token), cancellationToken);
    }

    private async Task<Sample> MeasureAsync(
        ServerGroup group, Clients clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var echoClients = EchoClient.Create(clients, group.Kind, size: 64, depth: 1);
        var histogram = new Histogram();
        var time = TimeProvider.System;
        foreach (var client in echoClients)
        {
            client.Echoed = (client, _) =>
            {
                lock (histogram)
                {
                    histogram.Add(client.SinceSend);
                }
            };
        }

        var (messagesBefore, cpuBefore, began) = (clients.Messages, group.Cpu, time.GetTimestamp());
        using (var timer = new PeriodicTimer(Tick, time))
        {
            var sent = 0;
            while (time.GetElapsedTime(began) is var elapsed && elapsed < duration)
            {
                // A late tick catches up, so the rate is also kept on a busy machine.
                for (var due = (int)(elapsed.TotalSeconds * rate); sent < due; sent++)
                {
                    await echoClients[sent % Count].SendAsync();
                }

                await timer.WaitForNextTickAsync(cancellationToken);
            }
        }

        var messages = clients.Messages - messagesBefore;
        var sample = new Sample
        {
            [Figure.Cpu] = (group.Cpu - cpuBefore).TotalMicroseconds / messages,
            [Figure.Rate] = messages / time.GetElapsedTime(began).TotalSeconds,
            [Figure.Median] = histogram.Quantile(0.5),
            [Figure.P99] = histogram.Quantile(0.99),
        };
        await EchoClient.AwaitEchoesAsync(echoClients, cancellationToken);
        return sample;
    }
}
