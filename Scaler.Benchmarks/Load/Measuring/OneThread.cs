using System.Diagnostics;

namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>
/// The load is made by one thread: each socket's continuation runs where its event was noticed. So the generator takes no more
/// than one core from the servers, and costs little itself. The runtime reads this setting at its start only.
/// </summary>
internal static class OneThread
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string Threads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Runs this program again with the setting; null when it has it.</summary>
    public static async Task<int?> RestartAsync(string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(Inline) == "1")
        {
            return null;
        }

        // Where it was started as `dotnet Scaler.Benchmarks.dll`, the process is dotnet's.
        string[] program = Path.GetFileName(Environment.ProcessPath) is "dotnet" or "dotnet.exe" ? [typeof(OneThread).Assembly.Location] : [];
        var start = new ProcessStartInfo(Environment.ProcessPath!, [.. program, .. arguments]);
        start.Environment[Inline] = "1";
        start.Environment[Threads] = "1";
        using var child = Process.Start(start)!;

        // Ctrl+C reaches the child too; it ends its servers, then itself.
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        await child.WaitForExitAsync();
        return child.ExitCode;
    }
}
