using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Measures the memory of idle connections. Each server process is measured only once, because the runtime does not return used
/// memory at once.
/// </summary>
internal sealed class IdleScenario(int count) : Scenario($"idle-{count}", $"{count:N0} idle WebSockets, per connection")
{
    private const int MaxRounds = 3;
    private const int WarmupConnections = 500;

    public override async Task<Samples> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        for (var round = 0; round < Math.Min(options.Rounds, MaxRounds); round++)
        {
            foreach (var kind in Kinds.Where(kind => options.Measures(kind.Name)))
            {
                await using var group = await ServerGroup.StartAsync(kind, 1, cancellationToken, PingInterval);
                samples.Add(kind.Name, await MeasureAsync(group, options.Measurement, cancellationToken));
            }
        }

        return samples;
    }

    protected override async Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken)
    {
        // The first connections bring code into memory, which must not count as memory of connections.
        await using var first = await Clients.OpenAsync(
            group, WarmupConnections, client => $"first-{client}", cancellationToken, bufferSize: 512);
        return await first.RunAsync(
            async token =>
            {
                await Task.Delay(duration, TimeProvider.System, token);
                return await MeasureAsync(group, group.Servers[0].ResidentKiB, duration, token);
            },
            cancellationToken);
    }

    private async Task<Sample> MeasureAsync(
        ServerGroup group, double before, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var clients = await Clients.OpenAsync(group, count, cancellationToken, bufferSize: 512);
        return await clients.RunAsync(
            async token =>
            {
                await Task.Delay(duration, TimeProvider.System, token);
                return new Sample { [Figure.Memory] = (group.Servers[0].ResidentKiB - before) / count };
            },
            cancellationToken);
    }
}
