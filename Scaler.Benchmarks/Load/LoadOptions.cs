using Microsoft.Extensions.Configuration;

namespace Scaler.Benchmarks.Load;

/// <summary>
/// Represents the options of the <c>load</c> command: <c>--scenario echo-64-1,connect --rounds 5 --seconds 4 --out table.md</c>.
/// </summary>
internal sealed class LoadOptions
{
    private HashSet<string> _specified = [];

    /// <summary>
    /// Gets or sets the names of the scenarios, separated by commas. <c>all</c> (the default) selects the scenarios that have a
    /// target; <c>list</c> lists all scenarios.
    /// </summary>
    public string Scenario { get; set; } = "all";

    /// <summary>
    /// Gets or sets the names of the servers to measure, separated by commas. Default: all servers of a scenario.
    /// </summary>
    public string? Only { get; set; }

    /// <summary>Gets or sets the number of measurements per server, of which the median is reported. Default: 5.</summary>
    public int Rounds { get; set; } = 5;

    /// <summary>Gets or sets the duration of one measurement, in seconds. Default: 4.</summary>
    public double Seconds { get; set; } = 4;

    /// <summary>
    /// Gets or sets the time that a server is under load before its first measurement, in seconds. Default: 12. With a shorter
    /// warm-up, the work of the JIT compiler, up to a third of a second per second, is attributed to the messages.
    /// </summary>
    public double Warmup { get; set; } = 12;

    /// <summary>Gets or sets the path of a file that receives the tables too.</summary>
    public string? Out { get; set; }

    /// <summary>Gets or sets the seed for random payloads and for the order of attacks. Default: 1.</summary>
    public int Seed { get; set; } = 1;

    public TimeSpan Measurement => TimeSpan.FromSeconds(Seconds);

    /// <summary>Returns <see langword="true"/> if an option is not on the command line.</summary>
    public bool IsDefault(string option) => !_specified.Contains(option);

    public bool Measures(string server) => Only is null || Only.Split(',').Contains(server, StringComparer.OrdinalIgnoreCase);

    public static LoadOptions Parse(string[] arguments)
    {
        var options = new LoadOptions();
        var configuration = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        configuration.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        options._specified = configuration.AsEnumerable().Select(pair => pair.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (options.Rounds < 1 || options.Seconds <= 0 || options.Warmup < 0)
        {
            throw new ArgumentException(
                "--rounds must be at least 1, --seconds must be greater than 0, and --warmup must not be negative.");
        }

        return options;
    }
}
