using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures WebSocket handshakes until the session is open. The cost of closing the connections is not counted.
/// </summary>
internal sealed class ConnectScenario() : Scenario("connect", "handshake over WebSocket until the session is open, per handshake")
{
    private const int Count = 1000;

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        var (opened, cpu, redisCpu, opening) = (0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var time = TimeProvider.System;
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < duration;)
        {
            var (cpuBefore, redisBefore, start) = (group.Cpu, group.Redis?.Cpu, time.GetTimestamp());
            await using var clients = await Clients.OpenAsync(group, Count, cancellationToken, bufferSize: 1024);
            opening += time.GetElapsedTime(start);
            cpu += group.Cpu - cpuBefore;
            redisCpu += (group.Redis?.Cpu - redisBefore) ?? TimeSpan.Zero;
            opened += Count;
            clients.Run();
            await clients.CloseAsync();
        }

        var sample = new Sample
        {
            [Figure.Cpu] = cpu.TotalMicroseconds / opened,
            [Figure.Rate] = opened / opening.TotalSeconds,
        };
        if (group.Redis is not null)
        {
            sample[Figure.RedisCpu] = redisCpu.TotalMicroseconds / opened;
        }

        return sample;
    }
}
