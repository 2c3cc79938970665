using System.Diagnostics;

namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>
/// Restricts the load generator to one thread: the continuation of each socket operation runs on the thread that polls the
/// sockets. The generator thus takes at most one core from the servers, and has little overhead. The runtime reads the settings
/// only at its start.
/// </summary>
internal static class SingleThreadedProcess
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string Threads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Restarts this program with the settings.</summary>
    /// <returns>The exit code of the child process; <see langword="null"/> if this process already has the settings.</returns>
    public static async Task<int?> RestartAsync(string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(Inline) == "1")
        {
            return null;
        }

        // When started as `dotnet Scaler.Benchmarks.dll`, the executable of the process is dotnet.
        string[] program = Path.GetFileName(Environment.ProcessPath) is "dotnet" or "dotnet.exe" ? [typeof(SingleThreadedProcess).Assembly.Location] : [];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. program, .. arguments]);
        start.Environment[Inline] = "1";
        start.Environment[Threads] = "1";
        using var child = Process.Start(start)!;

        // Ctrl+C reaches the child process too, which stops its servers and exits.
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        await child.WaitForExitAsync();
        return child.ExitCode;
    }
}
