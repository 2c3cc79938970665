using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>
/// Represents a kind of load. All servers of a scenario run from its start to its end, and are measured in turn, one at a time.
/// </summary>
internal abstract class Scenario(string name, string title)
{
    // Each part of the warm-up opens its own connections.
    private const int WarmupParts = 6;

    public string Name => name;

    /// <summary>Gets the title of the table, which names the measured unit.</summary>
    public string Title => title;

    public required IReadOnlyList<ServerKind> Kinds { get; init; }

    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>Gets the notes that are printed below the table.</summary>
    public IList<string> Notes { get; } = [];

    /// <summary>Gets the number of servers of each kind.</summary>
    public int ServersPerKind { get; init; } = 1;

    public TimeSpan? PingInterval { get; init; }

    public virtual async Task<Samples> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var groups = new List<ServerGroup>();
        try
        {
            foreach (var kind in Kinds.Where(kind => options.Measures(kind.Name)))
            {
                groups.Add(await ServerGroup.StartAsync(kind, ServersPerKind, cancellationToken, PingInterval));
            }

            foreach (var group in groups)
            {
                await WarmUpAsync(group, options, cancellationToken);
            }

            for (var round = 0; round < options.Rounds; round++)
            {
                for (var i = 0; i < groups.Count; i++)
                {
                    // Rotate the order, so that no server is always measured first or always after the same server.
                    var group = groups[(i + round) % groups.Count];
                    var sample = await MeasureAsync(group, options.Measurement, cancellationToken);
                    samples.Add(group.Kind.Name, sample);
                    Console.Error.WriteLine(
                        $"{name} {round + 1}/{options.Rounds} {group.Kind.Name}: " + string.Join(", ", sample.Select(pair => $"{pair.Key} {pair.Value:0.###}")));
                }
            }
        }
        finally
        {
            foreach (var group in groups)
            {
                await group.DisposeAsync();
            }
        }

        return samples;
    }

    /// <summary>
    /// Warms up the servers. The runtime compiles in three tiers with pauses in between, so hot code reaches its final tier only
    /// after some time under load. Code that opens and closes connections reaches it only after several such phases: with two
    /// phases, a second of the compiler's work fell into the first measurement.
    /// </summary>
    protected async Task WarmUpAsync(ServerGroup group, LoadOptions options, CancellationToken cancellationToken)
    {
        for (var part = 0; part < WarmupParts && options.Warmup > 0; part++)
        {
            await MeasureAsync(group, TimeSpan.FromSeconds(options.Warmup / WarmupParts), cancellationToken);
        }
    }

    protected abstract Task<Sample> MeasureAsync(ServerGroup group, TimeSpan duration, CancellationToken cancellationToken);
}
