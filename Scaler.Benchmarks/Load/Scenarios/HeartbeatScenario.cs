using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Measures pings and their pongs: those of Engine.IO or, for the Kestrel peer, WebSocket control frames.</summary>
internal sealed class HeartbeatScenario : Scenario
{
    private const int Count = 2000;

    public HeartbeatScenario() : base("heartbeat", "2,000 connections pinged every second, per ping and its pong")
    {
        PingInterval = TimeSpan.FromSeconds(1);
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(group, Count, client => $"account-{client}", cancellationToken, bufferSize: 512);
        return await clients.RunAsync(token => MeasureAsync(group, clients, duration, token), cancellationToken);
    }

    private async Task<Sample> MeasureAsync(
        ServerGroup group, Clients clients, TimeSpan duration, CancellationToken cancellationToken)
    {
        // The first ping arrives after one interval.
        await Task.Delay(PingInterval!.Value * 1.5, TimeProvider.System, cancellationToken);
        var (pingsBefore, cpuBefore) = (clients.Pings, group.Cpu);
        await Task.Delay(duration, TimeProvider.System, cancellationToken);
        var pings = clients.Pings - pingsBefore;
        return new Sample
        {
            [Figure.Cpu] = (group.Cpu - cpuBefore).TotalMicroseconds / pings,
            [Figure.Rate] = pings / duration.TotalSeconds,
        };
    }
}
