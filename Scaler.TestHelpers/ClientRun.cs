using System.Text.Json;

namespace Scaler.Tests.Helpers;

/// <summary>The results of a script that runs real clients and prints one JSON line per row.</summary>
internal sealed class ClientRun
{
    private readonly Dictionary<string, string?> _errors = [];

    private ClientRun(string output)
    {
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            _errors[document.RootElement.GetProperty("row").GetString()!] = document.RootElement.GetProperty("error").GetString();
        }
    }

    /// <summary>Runs a script of <see cref="NodeRunner.EngineClientsFolder"/> until it exits.</summary>
    public static async Task<ClientRun> RunAsync(string program, string script, params string[] arguments) =>
        new(await ProgramRunner.RunAsync(
            program, [Path.Combine(Repository.Root, NodeRunner.EngineClientsFolder, script), .. arguments]));

    /// <summary>Asserts that the script ran a row, and that the row succeeded.</summary>
    public void AssertPassed(string row)
    {
        Assert.True(_errors.TryGetValue(row, out var error), $"The script did not report the row '{row}'.");
        Assert.True(error is null, $"{row}: {error}");
    }
}
