using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Scaler.EngineIO.Connections;

/// <summary>
/// Provides the limits that keep the file descriptors of a process from running out. A process without a free descriptor cannot
/// load an assembly, which ends a .NET process with "Out of memory".
/// </summary>
/// <remarks>
/// POSIX requires that a new descriptor has the lowest free number. The number of an accepted socket is therefore a lower bound
/// for the number of open descriptors, which is known without counting.
/// </remarks>
public static class FileDescriptors
{
    // RLIMIT_NOFILE on Linux.
    private const int OpenFiles = 7;

    private const int MinReserve = 64;
    private const int MaxReserve = 1024;
    private const int Unlimited = int.MaxValue;

    private static readonly int ProcessLimit = ReadProcessLimit();

    /// <summary>
    /// Gets the descriptor from which on a transport accepts no connections: the process's <c>RLIMIT_NOFILE</c> minus a reserve
    /// of a tenth, at least 64 and at most 1,024, for files and for connections to other servers. Without a known limit, and on
    /// operating systems other than Linux, <see cref="int.MaxValue"/>.
    /// </summary>
    public static int MaxForConnections { get; } = SubtractReserve(ProcessLimit);

    /// <summary>
    /// Gets the descriptor from which on handshakes are refused: lower than <see cref="MaxForConnections"/> by half the reserve,
    /// so that open sessions can still open connections for their polls.
    /// </summary>
    public static int MaxForHandshakes { get; } = SubtractHandshakeReserve(ProcessLimit);

    /// <summary>Returns the descriptor of a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The descriptor; 0 on Windows, which has no descriptors.</returns>
    public static int GetDescriptor(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        return OperatingSystem.IsWindows() ? 0 : (int)socket.SafeHandle.DangerousGetHandle();
    }

    internal static int SubtractReserve(int limit) => limit == Unlimited ? limit : Math.Max(0, limit - Reserve(limit));

    internal static int SubtractHandshakeReserve(int limit) =>
        limit == Unlimited ? limit : Math.Max(0, limit - Reserve(limit) - (Reserve(limit) / 2));

    private static int Reserve(int limit) => Math.Clamp(limit / 10, MinReserve, MaxReserve);

    // The runtime raises the soft limit to the hard limit at startup, so the soft limit is what the process may use.
    private static int ReadProcessLimit()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Unlimited;
        }

        try
        {
            return getrlimit(OpenFiles, out var limit) == 0 && limit.Current < Unlimited ? (int)limit.Current : Unlimited;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return Unlimited;
        }
    }

    // DllImport, not LibraryImport: the generated code would be unsafe, and this library has no unsafe code.
    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "The library has no unsafe code.")]
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int getrlimit(int resource, out ResourceLimit limit);

    // struct rlimit: two unsigned long.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ResourceLimit
    {
        public readonly nuint Current;
        public readonly nuint Max;
    }
}
