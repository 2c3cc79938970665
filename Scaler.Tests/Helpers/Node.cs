using System.Diagnostics;

namespace Scaler.Tests.Helpers;

/// <summary>Node and the npm clients that tests run: <c>npm ci</c> in EndToEnd/clients installs them.</summary>
internal static class Node
{
    /// <summary>Why a test of npm clients can't run here; null when it can.</summary>
    public static string? Missing { get; } = Look();

    /// <summary>Runs a script of EndToEnd/clients to its end; returns what it printed. It fails the test when the script fails.</summary>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Source(), script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, $"{script} {string.Join(' ', arguments)} failed: {await error}{await output}");
        return (await output).Trim();
    }

    // The modules are installed beside the sources; a copy of them per build would be large.
    private static string Source([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "..", "EndToEnd", "clients");

    private static string? Look()
    {
        if (!Directory.Exists(Path.Combine(Source(), "node_modules")))
        {
            return "The npm clients are not installed: run 'npm ci' in Scaler.Tests/EndToEnd/clients.";
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "'node --version' failed.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "There is no 'node' on the path.";
        }
    }
}
