using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Scenarios;

namespace Scaler.Benchmarks.Load;

/// <summary>Implements the <c>load</c> command: runs scenarios and prints their tables.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (await OneThread.RestartAsync(["load", .. arguments]) is { } exitCode)
        {
            return exitCode;
        }

        var options = LoadOptions.Parse(arguments);
        if (options.Scenario == "list")
        {
            Console.WriteLine(string.Join('\n', ScenarioList.All.Select(scenario => $"{scenario.Name,-18} {scenario.Title}")));
            return 0;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };

        var report = new Report(options);
        var scenarios = ScenarioList.Find(options.Scenario);
        report.Machine();
        foreach (var scenario in scenarios)
        {
            report.Add(scenario, await scenario.RunAsync(options, stop.Token));
        }

        report.Verdicts();
        return 0;
    }
}
