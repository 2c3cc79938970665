using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;
using Scaler.Benchmarks.Load.Wire;

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
        var frame = ClientFrame.Encode(group.Kind.Dialect.Message(new string('x', size)));
        var batch = ClientFrame.Repeat(frame, depth);
        var histogram = new Histogram();
        var sending = true;
        var measuring = false;
        var time = TimeProvider.System;
        foreach (var client in clients.Connections)
        {
            client.Received = (connection, messages) =>
            {
                if (measuring && depth == 1)
                {
                    histogram.Add(time.GetElapsedTime(connection.Stamp));
                }

                if (sending)
                {
                    connection.Stamp = time.GetTimestamp();
                    _ = connection.SendAsync(batch.AsMemory(0, frame.Length * messages));
                }
            };
        }

        clients.Run();
        foreach (var client in clients.Connections)
        {
            client.Stamp = time.GetTimestamp();
            await client.SendAsync(batch);
        }

        await Task.Delay(duration / 10, time, cancellationToken);
        var (messagesBefore, cpuBefore, began) = (clients.Messages, group.Cpu, time.GetTimestamp());
        measuring = true;
        await Task.Delay(duration, time, cancellationToken);
        measuring = false;
        var (messagesAfter, cpuAfter, elapsed) = (clients.Messages, group.Cpu, time.GetElapsedTime(began));
        sending = false;
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
