using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Scaler.EngineIO.Sockets;

/// <summary>Linux's epoll(7), each change of a socket told once (EPOLLET). It lives as long as the process.</summary>
internal sealed class Epoll
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint In = 0x1;
    private const uint HangUp = 0x10;
    private const uint ReadHangUp = 0x2000;
    private const uint EdgeTriggered = 1u << 31;

    // struct epoll_event: 32 bits of what happened and 64 of data, which x86 packs and the others align.
    private static readonly int IdOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EventSize = IdOffset + sizeof(long);

    private readonly int _descriptor;

    /// <exception cref="DllNotFoundException">The system's library is not there.</exception>
    /// <exception cref="EntryPointNotFoundException">The system has no epoll.</exception>
    /// <exception cref="SocketException">The process has no file left.</exception>
    public Epoll()
    {
        _descriptor = epoll_create1(CloseOnExec);
        ThrowIfFailed(_descriptor);
    }

    /// <summary>Watches a socket until it is closed. What is there already is told too.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="id">What it is told by.</param>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="SocketException">It is watched already, or the system watches no more.</exception>
    public void Watch(SafeHandle socket, long id)
    {
        Span<byte> change = stackalloc byte[EventSize];
        MemoryMarshal.Write(change, In | ReadHangUp | EdgeTriggered);
        MemoryMarshal.Write(change[IdOffset..], id);
        ThrowIfFailed(epoll_ctl(_descriptor, Add, socket, ref change[0]));
    }

    /// <summary>Watches a socket no longer.</summary>
    /// <param name="socket">The socket.</param>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="SocketException">It is not watched.</exception>
    public void Forget(SafeHandle socket)
    {
        // What is changed is not looked at, but was once not allowed to be missing.
        Span<byte> change = stackalloc byte[EventSize];
        ThrowIfFailed(epoll_ctl(_descriptor, Delete, socket, ref change[0]));
    }

    /// <summary>Room for what is told.</summary>
    /// <param name="most">Of how many sockets at once.</param>
    public static byte[] Room(int most) => new byte[most * EventSize];

    /// <summary>Waits for sockets; of several threads that wait, the one that came last is woken.</summary>
    /// <param name="room">What <see cref="Room"/> gave.</param>
    /// <param name="milliseconds">For how long, or <see cref="Timeout.Infinite"/>.</param>
    /// <returns>How many there are; none where the time is over, or a signal came.</returns>
    public int Wait(byte[] room, int milliseconds) =>
        Math.Max(0, epoll_wait(_descriptor, ref room[0], room.Length / EventSize, milliseconds));

    /// <summary>What was told of a socket.</summary>
    /// <param name="room">What has been waited with.</param>
    /// <param name="index">Which of those that were told.</param>
    /// <returns>The socket's id, and whether the client has ended it.</returns>
    public static (long Id, bool HasEnded) Told(byte[] room, int index)
    {
        var told = room.AsSpan(index * EventSize, EventSize);
        return (MemoryMarshal.Read<long>(told[IdOffset..]), (MemoryMarshal.Read<uint>(told) & (HangUp | ReadHangUp)) != 0);
    }

    private static void ThrowIfFailed(int result)
    {
        if (result < 0)
        {
            // The message of the system, without the platform's numbers for errors of sockets.
            throw new SocketException((int)SocketError.SocketError, Marshal.GetLastPInvokeErrorMessage());
        }
    }

    // Not generated ones: those are unsafe code, of which this library has none.
    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "The library has no unsafe code.")]
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int epoll_create1(int flags);

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "The library has no unsafe code.")]
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int epoll_ctl(int epoll, int operation, SafeHandle socket, ref byte change);

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "The library has no unsafe code.")]
    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int epoll_wait(int epoll, ref byte told, int most, int milliseconds);
}
