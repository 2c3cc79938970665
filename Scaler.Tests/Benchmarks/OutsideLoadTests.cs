using System.Diagnostics;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Benchmarks;

/// <summary>The load generator in C++, which nothing else builds.</summary>
public sealed class OutsideLoadTests : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scaler-outside-");

    public void Dispose() => _folder.Delete(recursive: true);

    [CompilerFact]
    public async Task Echo_OfEngineIO_GivesItsRow()
    {
        var generator = Path.Combine(_folder.FullName, "outside");
        await RunAsync(Path.Combine(Repository.Root, "Scaler.Benchmarks", "outside", "build"), generator);

        // The servers were built as the tests were: bin/Debug/net10.0
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var tables = await RunAsync(
            generator, "--scenario", "echo-64-1", "--only", "engineio", "--rounds", "1", "--seconds", "1", "--warmup", "0",
            "--root", Repository.Root, "--configuration", configuration);

        // CPU, rate, median and 99th percentile; what they are is the machine's affair.
        Assert.Matches(@"(?m)^### echo-64-1: ", tables);
        Assert.Matches(@"(?m)^\| EngineIO( \| [\d.,]+){4} \|$", tables);
    }

    /// <summary>Runs a program to its end. Fails the test where the program fails.</summary>
    /// <returns>What it printed.</returns>
    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Longest);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // The servers that the generator has started end with it.
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} failed: {await error}{await output}");
        return await output;
    }
}
