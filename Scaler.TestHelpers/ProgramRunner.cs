using System.Diagnostics;

namespace Scaler.Tests.Helpers;

/// <summary>Runs programs until they exit.</summary>
internal static class ProgramRunner
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Runs a program until it exits. After 2 minutes, kills its process tree. Fails the test if the exit code is not 0.
    /// </summary>
    /// <returns>The standard output of the program.</returns>
    public static Task<string> RunAsync(string program, params string[] arguments) =>
        RunInAsync(Environment.CurrentDirectory, Timeout, program, arguments);

    /// <summary>
    /// Runs a program in a working directory until it exits. After the timeout, kills its process tree. Fails the test if the
    /// exit code is not 0.
    /// </summary>
    /// <returns>The standard output of the program.</returns>
    public static async Task<string> RunInAsync(string folder, TimeSpan timeout, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} failed: {await error}{await output}");
        return await output;
    }
}
