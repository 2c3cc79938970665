using Microsoft.Extensions.Configuration;

namespace Scaler.Benchmarks.Load;

/// <summary>What <c>load</c> is asked for: <c>--scenario echo-64-1,connect --rounds 5 --seconds 4 --out table.md</c>.</summary>
internal sealed class LoadOptions
{
    private HashSet<string> _given = [];

    /// <summary>Names of scenarios, or <c>all</c> (the default: those with a target), or <c>list</c>.</summary>
    public string Scenario { get; set; } = "all";

    /// <summary>Names of servers to measure; default all of a scenario.</summary>
    public string? Only { get; set; }

    /// <summary>How often each server is measured; the median counts. Default 5.</summary>
    public int Rounds { get; set; } = 5;

    /// <summary>How long one measurement takes, in seconds. Default 4.</summary>
    public double Seconds { get; set; } = 4;

    /// <summary>
    /// How long a server is under load before its first measurement, in seconds. Default 12: with less, the compiler's own work, of up to a
    /// third of a second per second, is counted as the messages'.
    /// </summary>
    public double Warmup { get; set; } = 12;

    /// <summary>A file that gets the tables too.</summary>
    public string? Out { get; set; }

    /// <summary>Of what is random: payloads, the order of attacks. Default 1.</summary>
    public int Seed { get; set; } = 1;

    public TimeSpan Measurement => TimeSpan.FromSeconds(Seconds);

    /// <summary>Whether an option was not given.</summary>
    public bool IsDefault(string option) => !_given.Contains(option);

    public bool Measures(string server) => Only is null || Only.Split(',').Contains(server, StringComparer.OrdinalIgnoreCase);

    public static LoadOptions Parse(string[] arguments)
    {
        var options = new LoadOptions();
        var configuration = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        configuration.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        options._given = configuration.AsEnumerable().Select(pair => pair.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (options.Rounds < 1 || options.Seconds <= 0 || options.Warmup < 0)
        {
            throw new ArgumentException("--rounds must be at least 1, --seconds more than 0 and --warmup not negative.");
        }

        return options;
    }
}
