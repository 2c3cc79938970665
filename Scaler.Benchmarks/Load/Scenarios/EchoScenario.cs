using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures echoes. Each connection keeps a number of messages in flight, and sends a new message for each echo that it receives.
/// </summary>
internal sealed class EchoScenario(int size, int depth)
    : Scenario($"echo-{size}-{depth}", $"echo of {size} B, {depth} in flight, per message")
{
    private const int Count = 256;

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(group, Count, cancellationToken, Math.Max(4096, size * depth * 2));
        return await clients.RunAsync(token => MeasureAsync(group, clients, duration, token), cancellationToken);
    }

    private async Task<Sample> MeasureAsync(
        ServerGroup group, Clients clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        var echoClients = EchoClient.Create(clients, group.Kind, size, depth);
        var histogram = new Histogram();
        var sending = true;
        var measuring = false;
        var time = TimeProvider.System;
        foreach (var client in echoClients)
        {
            client.Echoed = (client, messages) =>
            {
                if (measuring && depth == 1)
                {
                    histogram.Add(client.SinceSend);
                }

                if (sending)
                {
                    _ = client.SendAsync(messages);
                }
            };
        }

        foreach (var client in echoClients)
        {
            await client.SendAsync(depth);
        }

        await Task.Delay(duration / 10, time, cancellationToken);
        var (messagesBefore, cpuBefore, began) = (clients.Messages, group.Cpu, time.GetTimestamp());
        measuring = true;
        await Task.Delay(duration, time, cancellationToken);
        measuring = false;
        var (messagesAfter, cpuAfter, elapsed) = (clients.Messages, group.Cpu, time.GetElapsedTime(began));
        sending = false;
        await EchoClient.AwaitEchoesAsync(echoClients, cancellationToken);
        var messages = messagesAfter - messagesBefore;
        var sample = new Sample
        {
            [Figure.Cpu] = (cpuAfter - cpuBefore).TotalMicroseconds / messages,
            [Figure.Rate] = messages / elapsed.TotalSeconds,
        };
        if (depth == 1)
        {
            sample[Figure.Median] = histogram.Quantile(0.5);
            sample[Figure.P99] = histogram.Quantile(0.99);
        }

        return sample;
    }
}
