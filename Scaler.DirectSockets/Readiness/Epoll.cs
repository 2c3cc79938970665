using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Scaler.DirectSockets.Readiness;

/// <summary>
/// Wraps Linux's epoll(7) in edge-triggered mode (EPOLLET), which reports each change of a socket once. An instance lives as long
/// as the process.
/// </summary>
internal sealed class Epoll
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint In = 0x1;
    private const uint HangUp = 0x10;
    private const uint ReadHangUp = 0x2000;
    private const uint EdgeTriggered = 1u << 31;

    // struct epoll_event: 32 bits of event flags and 64 bits of data; packed on x86, aligned on other architectures.
    private static readonly int IdOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EventSize = IdOffset + sizeof(long);

    private readonly int _descriptor;

    /// <exception cref="DllNotFoundException">The C library was not found.</exception>
    /// <exception cref="EntryPointNotFoundException">The system does not support epoll.</exception>
    /// <exception cref="SocketException">The process has no file descriptor left.</exception>
    public Epoll()
    {
        _descriptor = epoll_create1(CloseOnExec);
        ThrowIfFailed(_descriptor);
    }

    /// <summary>Starts to watch a socket until it is closed. Data that has already arrived is reported too.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="id">The id that identifies the socket in its events.</param>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="SocketException">The socket is already watched, or the kernel's limit on watches is reached.</exception>
    public void Watch(SafeHandle socket, long id)
    {
        Span<byte> change = stackalloc byte[EventSize];
        MemoryMarshal.Write(change, In | ReadHangUp | EdgeTriggered);
        MemoryMarshal.Write(change[IdOffset..], id);
        ThrowIfFailed(epoll_ctl(_descriptor, Add, socket, ref change[0]));
    }

    /// <summary>Stops watching a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="SocketException">The socket is not watched.</exception>
    public void Unwatch(SafeHandle socket)
    {
        // The kernel ignores the event, but kernels before 2.6.9 reject a null pointer (epoll_ctl(2)).
        Span<byte> change = stackalloc byte[EventSize];
        ThrowIfFailed(epoll_ctl(_descriptor, Delete, socket, ref change[0]));
    }

    /// <summary>Creates an event buffer for <see cref="Wait"/>.</summary>
    /// <param name="maxEvents">The maximum number of events per wait.</param>
    public static byte[] CreateEventBuffer(int maxEvents) => new byte[maxEvents * EventSize];

    /// <summary>Waits for events. Of several waiting threads, the kernel wakes the thread that began to wait last.</summary>
    /// <param name="events">The event buffer, created by <see cref="CreateEventBuffer"/>.</param>
    /// <param name="milliseconds">The timeout in milliseconds, or <see cref="Timeout.Infinite"/>.</param>
    /// <returns>The number of events; 0 after a timeout or a signal.</returns>
    public int Wait(byte[] events, int milliseconds) =>
        Math.Max(0, epoll_wait(_descriptor, ref events[0], events.Length / EventSize, milliseconds));

    /// <summary>Reads an event from an event buffer.</summary>
    /// <param name="events">The event buffer, filled by <see cref="Wait"/>.</param>
    /// <param name="index">The zero-based index of the event.</param>
    /// <returns>The id of the socket, and <see langword="true"/> if the client has ended the connection.</returns>
    public static (long Id, bool HasEnded) ReadEvent(byte[] events, int index)
    {
        var item = events.AsSpan(index * EventSize, EventSize);
        return (MemoryMarshal.Read<long>(item[IdOffset..]), (MemoryMarshal.Read<uint>(item) & (HangUp | ReadHangUp)) != 0);
    }

    private static void ThrowIfFailed(int result)
    {
        if (result < 0)
        {
            // Only the system's message: an errno value is not a SocketError value.
            throw new SocketException((int)SocketError.SocketError, Marshal.GetLastPInvokeErrorMessage());
        }
    }

    // DllImport, not LibraryImport: the generated code would be unsafe, and this library has no unsafe code.
    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "The library has no unsafe code.")]
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int epoll_create1(int flags);

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "The library has no unsafe code.")]
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int epoll_ctl(int epoll, int operation, SafeHandle socket, ref byte change);

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "The library has no unsafe code.")]
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int epoll_wait(int epoll, ref byte events, int maxEvents, int milliseconds);
}
