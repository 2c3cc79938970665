using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Scaler.DirectSockets.Readiness;
using Scaler.EngineIO.Connections;

namespace Scaler.DirectSockets;

/// <summary>Accepts connections whose readers and writers call the socket directly.</summary>
internal sealed class DirectListener : IConnectionListener
{
    // The option number of TCP_NOTSENT_LOWAT on Linux (see tcp_notsent_lowat in the kernel's ip-sysctl.rst).
    private const int NotSentLowWater = 25;

    /// <summary>
    /// The maximum size of the unsent data that the kernel buffers for a client, in bytes. Data in the kernel's buffer is in no
    /// queue of the server and counts toward no limit. Without this bound, a client that does not read had up to 4 MiB buffered
    /// there before its queue began to fill. Data in flight is not bounded, so a fast and distant client keeps its throughput.
    /// </summary>
    private const int MaxUnsent = 128 * 1024;

    private readonly Socket _socket;
    private readonly AcceptThrottle _throttle;
    private readonly CancellationTokenSource _unbound = new();
    private readonly CancellationToken _unboundToken;
    private readonly MemoryPool<byte> _memoryPool;
    private readonly bool _noDelay;
    private readonly bool _keepRequestOpen;
    private readonly bool _useEpoll;

    /// <param name="endpoint">The endpoint to listen on.</param>
    /// <param name="options">The options of Kestrel's socket transport.</param>
    /// <param name="memoryPool">The memory pool for Kestrel's HTTP layer; disposed with the listener.</param>
    /// <param name="keepRequestOpen">
    /// <see langword="true"/> to keep an upgrade request open for as long as the upgraded connection; <see langword="false"/> to
    /// let the connection outlive the request.
    /// </param>
    /// <param name="throttle">The throttle that all listeners of the process share.</param>
    /// <exception cref="AddressInUseException">Another socket is already listening on <paramref name="endpoint"/>.</exception>
    public DirectListener(
        EndPoint endpoint, SocketTransportOptions options, MemoryPool<byte> memoryPool, bool keepRequestOpen,
        AcceptThrottle throttle)
    {
        (_memoryPool, _noDelay, _keepRequestOpen, _useEpoll, _throttle) =
            (memoryPool, options.NoDelay, keepRequestOpen, options.IOQueueCount > 0, throttle);
        try
        {
            _socket = options.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }

        _unboundToken = _unbound.Token;
        EndPoint = _socket.LocalEndPoint ?? endpoint;
        LimitUnsent();
        _socket.Listen(options.Backlog);
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? client = null;
            try
            {
                client = await _socket.AcceptAsync(cancellationToken);
                if (!_throttle.IsWithinLimit(FileDescriptors.GetDescriptor(client)))
                {
                    client.Close(timeout: 0);
                    await _throttle.PauseAsync("the process has almost no file descriptor left", _unboundToken);
                    continue;
                }

                if (_noDelay && client.ProtocolType == ProtocolType.Tcp)
                {
                    client.NoDelay = true;
                }

                return new DirectConnection(client, _memoryPool, _keepRequestOpen, _useEpoll ? EpollLoops.Next() : null);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException exception) when (client is null && AcceptThrottle.IsExhaustion(exception))
            {
                await _throttle.PauseAsync(exception.Message, _unboundToken);
            }
            catch (SocketException)
            {
                // A client that disconnects before it is served must not stop the listener.
                client?.Dispose();
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound.Cancel();
        _socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _unbound.Dispose();
        _socket.Dispose();
        _memoryPool.Dispose();
        return default;
    }

    // Accepted sockets inherit the options of the listening socket, which saves a system call per connection. A custom
    // CreateBoundListenSocket may have set a limit of its own, which is kept.
    private void LimitUnsent()
    {
        if (!OperatingSystem.IsLinux() || _socket.ProtocolType != ProtocolType.Tcp)
        {
            return;
        }

        try
        {
            Span<byte> value = stackalloc byte[sizeof(int)];
            _socket.GetRawSocketOption((int)ProtocolType.Tcp, NotSentLowWater, value);
            if (MemoryMarshal.Read<int>(value) == 0)
            {
                MemoryMarshal.Write(value, MaxUnsent);
                _socket.SetRawSocketOption((int)ProtocolType.Tcp, NotSentLowWater, value);
            }
        }
        catch (SocketException)
        {
            // An emulation of Linux may lack this option. The system then buffers more, as other operating systems do.
        }
    }
}
