using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>Connections that say nothing. A server is measured once in its life: memory that was used is not given back at once.</summary>
internal sealed class IdleScenario(int count) : Scenario($"idle-{count}", $"{count:N0} idle WebSockets, per connection")
{
    private const int MostRounds = 3;
    private const int First = 500;

    public override async Task<Samples> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        for (var round = 0; round < Math.Min(options.Rounds, MostRounds); round++)
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
        // What the first connections bring into memory is code, not connections.
        await using var first = await Clients.OpenAsync(group, First, client => $"first-{client}", cancellationToken, bufferSize: 512);
        first.Run();
        await Task.Delay(duration, TimeProvider.System, cancellationToken);
        var before = group.Servers[0].ResidentKiB;
        await using var clients = await Clients.OpenAsync(group, count, cancellationToken, bufferSize: 512);
        clients.Run();
        await Task.Delay(duration, TimeProvider.System, cancellationToken);
        return new Sample { [Figure.Memory] = (group.Servers[0].ResidentKiB - before) / count };
    }
}
