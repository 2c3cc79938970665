using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Servers;

namespace Scaler.Benchmarks.Load.Scenarios;

/// <summary>A kind of load. All its servers run from the beginning to the end; they are measured by turns, one at a time.</summary>
internal abstract class Scenario(string name, string title)
{
    // Each opens its connections anew.
    private const int WarmupParts = 6;

    public string Name => name;

    /// <summary>What is counted, for the table's head.</summary>
    public string Title => title;

    public required IReadOnlyList<ServerKind> Kinds { get; init; }

    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>What else there is to say, below the table.</summary>
    public IList<string> Notes { get; } = [];

    /// <summary>How many servers of each kind there are.</summary>
    public int ServersOfEach { get; init; } = 1;

    public TimeSpan? PingInterval { get; init; }

    public virtual async Task<Samples> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var samples = new Samples();
        var groups = new List<ServerGroup>();
        try
        {
            foreach (var kind in Kinds.Where(kind => options.Measures(kind.Name)))
            {
                groups.Add(await ServerGroup.StartAsync(kind, ServersOfEach, cancellationToken, PingInterval));
            }

            foreach (var group in groups)
            {
                await WarmUpAsync(group, options, cancellationToken);
            }

            for (var round = 0; round < options.Rounds; round++)
            {
                for (var i = 0; i < groups.Count; i++)
                {
                    // Who comes first changes, so that nobody always follows the same neighbour.
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
    /// A server's code is compiled for good only after it has run a while under its load, and what opens and closes connections only after that
    /// has been done several times, for the runtime compiles in three steps with pauses between: after two, a second of its work came in
    /// the first measurement.
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
