using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Scaler.EngineIO.Sockets;

/// <summary>Accepts connections whose sockets are received from and sent to by whoever reads and writes them.</summary>
internal sealed class DirectListener : IConnectionListener
{
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
}
