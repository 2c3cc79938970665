using System.Net.Sockets;

namespace Scaler.DirectSockets.Readiness;

/// <summary>Holds the pollers of the process, which together have one polling thread per core, and at least two.</summary>
internal static class EpollLoops
{
    // The maximum number of threads per poller: they contend for a lock in the kernel.
    private const int MaxThreads = 8;

    private static readonly EpollLoop[] All = Create();

    private static int _last;

    /// <summary>Returns the poller for the next connection, in rotation.</summary>
    /// <returns>
    /// The poller; <see langword="null"/> if the system does not support epoll or does not permit it to the process.
    /// </returns>
    public static EpollLoop? Next() => All.Length == 0 ? null : All[(uint)Interlocked.Increment(ref _last) % All.Length];

    private static EpollLoop[] Create()
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        // Two threads on a single core: a blocking handler leaves one free.
        var cores = Math.Max(2, Environment.ProcessorCount);
        var pollers = new EpollLoop[(cores + MaxThreads - 1) / MaxThreads];
        try
        {
            for (var i = 0; i < pollers.Length; i++)
            {
                pollers[i] = new EpollLoop((cores + pollers.Length - 1) / pollers.Length);
            }

            return pollers;
        }
        catch (Exception exception) when (exception is SocketException or DllNotFoundException or EntryPointNotFoundException)
        {
            return [];
        }
    }
}
