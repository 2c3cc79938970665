using System.Net.Sockets;

namespace Scaler.EngineIO.Sockets;

/// <summary>The process's pollers: as many threads as there are cores.</summary>
internal static class SocketPollers
{
    // The threads of one share a lock of the system.
    private const int MostThreads = 8;

    private static readonly SocketPoller[] All = Create();

    private static int _last;

    /// <summary>The one for the next connection; null where the system, or what the process is allowed, has none.</summary>
    public static SocketPoller? Next() => All.Length == 0 ? null : All[(uint)Interlocked.Increment(ref _last) % All.Length];

    private static SocketPoller[] Create()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        // Where there is one core, a handler that blocks still has another beside it.
        var cores = Math.Max(2, Environment.ProcessorCount);
        var pollers = new SocketPoller[(cores + MostThreads - 1) / MostThreads];
        try
        {
            for (var i = 0; i < pollers.Length; i++)
            {
                pollers[i] = new SocketPoller((cores + pollers.Length - 1) / pollers.Length);
            }

            return pollers;
        }
        catch (Exception exception) when (exception is SocketException or DllNotFoundException or EntryPointNotFoundException)
        {
            return [];
        }
    }
}
