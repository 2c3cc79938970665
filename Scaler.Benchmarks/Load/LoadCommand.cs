using System.Net.Sockets;
using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Scenarios;

namespace Scaler.Benchmarks.Load;

/// <summary>
/// Implements the <c>load</c> command: runs scenarios and prints their tables. The first error of a server ends the run with
/// exit code 1: a message that is lost, doubled, altered or out of order, a wrong answer, or a connection that ends.
/// </summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (await SingleThreadedProcess.RestartAsync(["load", .. arguments]) is { } exitCode)
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
        report.WriteMachine();
        foreach (var scenario in scenarios)
        {
            try
            {
                report.Add(scenario, await scenario.RunAsync(options, stop.Token));
            }
            catch (Exception exception)
                when (exception is InvalidDataException or IOException or SocketException or TimeoutException)
            {
                Console.Error.WriteLine($"{scenario.Name} failed. {exception.Message}");
                return 1;
            }
        }

        report.WriteVerdicts();
        return 0;
    }
}
