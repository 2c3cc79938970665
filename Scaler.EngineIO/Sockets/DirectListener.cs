using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Scaler.EngineIO.Sockets;

/// <summary>Accepts connections whose sockets are received from and sent to by whoever reads and writes them.</summary>
internal sealed class DirectListener : IConnectionListener
{
    // Linux's number of TCP_NOTSENT_LOWAT (tcp_notsent_lowat in the kernel's ip-sysctl.rst).
    private const int NotSentLowWater = 25;

    /// <summary>
    /// How many bytes the system takes for a client beyond what it has sent to it. What it takes is in no queue of ours and counts for no bound:
    /// without this a client that reads nothing had up to 4 MiB there before its queue began to fill. What is under way is not bounded, so a fast
    /// and distant client gets no less.
    /// </summary>
    private const int MostUnsent = 128 * 1024;

    private readonly Socket _socket;
    private readonly MemoryPool<byte> _memoryPool;
    private readonly bool _noDelay;
    private readonly bool _requestsLast;
    private readonly bool _polls;

    /// <param name="endpoint">Where to listen.</param>
    /// <param name="options">How to.</param>
    /// <param name="memoryPool">What the web server's HTTP takes its memory from; disposed of with the listener.</param>
    /// <param name="requestsLast">Whether an upgraded connection is a request as long as it lasts.</param>
    /// <exception cref="AddressInUseException">Somebody listens there.</exception>
    public DirectListener(EndPoint endpoint, SocketTransportOptions options, MemoryPool<byte> memoryPool, bool requestsLast)
    {
        (_memoryPool, _noDelay, _requestsLast, _polls) = (memoryPool, options.NoDelay, requestsLast, options.IOQueueCount > 0);
        try
        {
            _socket = options.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }

        EndPoint = _socket.LocalEndPoint ?? endpoint;
        BoundUnsent();
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
                if (_noDelay && client.ProtocolType == ProtocolType.Tcp)
                {
                    client.NoDelay = true;
                }

                return new DirectConnection(client, _memoryPool, _requestsLast, _polls ? SocketPollers.Next() : null);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException)
            {
                // A client that is gone before it is served must not end the listener.
                client?.Dispose();
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _memoryPool.Dispose();
        return default;
    }

    // A connection begins with the settings of what accepted it, so this is no call for each. Who has created the socket may have set another bound.
    private void BoundUnsent()
    {
        if (!OperatingSystem.IsLinux() || _socket.ProtocolType != ProtocolType.Tcp)
        {
            return;
        }

        try
        {
            Span<byte> bound = stackalloc byte[sizeof(int)];
            _socket.GetRawSocketOption((int)ProtocolType.Tcp, NotSentLowWater, bound);
            if (MemoryMarshal.Read<int>(bound) == 0)
            {
                MemoryMarshal.Write(bound, MostUnsent);
                _socket.SetRawSocketOption((int)ProtocolType.Tcp, NotSentLowWater, bound);
            }
        }
        catch (SocketException)
        {
            // What stands in for Linux may not have it. The system takes more then, as it does elsewhere.
        }
    }
}
