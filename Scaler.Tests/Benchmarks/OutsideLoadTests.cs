using Scaler.Tests.Helpers;

namespace Scaler.Tests.Benchmarks;

/// <summary>The load generator in C++, which nothing else builds.</summary>
public sealed class OutsideLoadTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scaler-outside-");

    public void Dispose() => _folder.Delete(recursive: true);

    [CompilerFact]
    public async Task Echo_OfEngineIO_GivesItsRow()
    {
        var generator = Path.Combine(_folder.FullName, "outside");
        await ProgramRun.ToEndAsync(Path.Combine(Repository.Root, "Scaler.Benchmarks", "outside", "build"), generator);

        // The servers were built as the tests were: bin/Debug/net10.0
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var tables = await ProgramRun.ToEndAsync(
            generator, "--scenario", "echo-64-1", "--only", "engineio", "--rounds", "1", "--seconds", "1", "--warmup", "0",
            "--root", Repository.Root, "--configuration", configuration);

        // CPU, rate, median and 99th percentile; what they are is the machine's affair.
        Assert.Matches(@"(?m)^### echo-64-1: ", tables);
        Assert.Matches(@"(?m)^\| EngineIO( \| [\d.,]+){4} \|$", tables);
    }
}
