using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Scaler.Benchmarks.Load.Measuring;
using Scaler.Benchmarks.Load.Scenarios;

namespace Scaler.Benchmarks.Load;

/// <summary>
/// Writes Markdown tables to the console, and to a file if one is specified. Each table is written when its scenario has
/// finished.
/// </summary>
internal sealed class Report(LoadOptions options)
{
    private readonly List<string> _verdicts = [];
    private readonly StringBuilder _all = new();

    public void WriteMachine()
    {
        var processor = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1]
            : null;
        Write($"{RuntimeInformation.OSDescription}, {processor ?? RuntimeInformation.ProcessArchitecture.ToString()}, "
            + $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}. "
            + $"Medians of {options.Rounds} rounds of {options.Seconds} s each, interleaved.\n");
    }

    public void Add(Scenario scenario, Samples samples)
    {
        var figures = samples.Figures.ToArray();
        Write($"### {scenario.Name}: {scenario.Title}\n");
        Write($"| server | {string.Join(" | ", figures)} |");
        Write($"|---|{string.Concat(figures.Select(_ => "---:|"))}");
        foreach (var server in samples.Servers)
        {
            Write($"| {server} | {string.Join(" | ", figures.Select(figure => Number(samples.Median(server, figure))))} |");
        }

        Write("");
        foreach (var note in scenario.Notes)
        {
            Write(note + "\n");
        }

        foreach (var target in scenario.Targets)
        {
            var value = samples.Median(target.Server, target.Figure);
            var ratio = target.Reference is null ? value : value / samples.Median(target.Reference, target.Figure);
            if (!double.IsNaN(ratio))
            {
                var subject = target.Reference is null ? target.Server : $"{target.Server} ÷ {target.Reference}";
                _verdicts.Add(
                    $"| {scenario.Name} | {target.Figure} | {subject} | {Number(ratio)} | ≤ {Number(target.Max)} "
                    + $"| {(ratio <= target.Max ? "met" : "missed")} |");
            }
        }
    }

    public void WriteVerdicts()
    {
        if (_verdicts.Count == 0)
        {
            return;
        }

        Write("### Targets\n\n| scenario | figure | of | measured | target | |\n|---|---|---|---:|---:|---|");
        Write(string.Join('\n', _verdicts));
    }

    private static string Number(double value) => value switch
    {
        double.NaN => "",
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private void Write(string line)
    {
        Console.WriteLine(line);
        _all.AppendLine(line);
        if (options.Out is not null)
        {
            File.WriteAllText(options.Out, _all.ToString());
        }
    }
}
