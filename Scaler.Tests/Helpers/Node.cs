using System.Diagnostics;

namespace Scaler.Tests.Helpers;

/// <summary>Node.js and the npm packages that tests run; <c>npm ci</c> in the folder of a script installs what it needs.</summary>
internal static class Node
{
    /// <summary>The npm clients of all versions.</summary>
    public const string Clients = "Scaler.Tests/EndToEnd/clients";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Why a test of scripts in a folder is skipped, or null where it can run. In CI nothing is skipped: there the test fails.</summary>
    public static string? SkipWithout(string folder) => Tool.SkipWithout("node")
        ?? (Directory.Exists(Path.Combine(Repository.Root, folder, "node_modules")) || Tool.IsCI
            ? null : $"npm ci has not been run in {folder}");

    /// <summary>Runs a script of the repository to its end. Fails the test where the script fails.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, script), .. arguments])
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
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        Assert.True(process.ExitCode == 0, $"{script} {string.Join(' ', arguments)} failed: {await error}{await output}");
        return (await output).Trim();
    }
}
