using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Scaler.EngineIO.Sockets;

/// <summary>Gives each connection that the sockets' listener accepts an output that sends where it is flushed.</summary>
/// <param name="listener">The sockets' listener.</param>
/// <param name="requestsLast">Whether an upgraded connection is a request as long as it lasts.</param>
internal sealed class SocketOutputListener(IConnectionListener listener, bool requestsLast) : IConnectionListener
{
    public EndPoint EndPoint => listener.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        var connection = await listener.AcceptAsync(cancellationToken);
        return connection?.Features.Get<IConnectionSocketFeature>() is { Socket: var socket } && TryUnblock(socket)
            ? new SocketOutputConnection(connection, socket, requestsLast)
            : connection;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => listener.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    /// <summary>Lets a send return what it could not send, instead of waiting. A client may be gone already: that must not end the listener.</summary>
    private static bool TryUnblock(Socket socket)
    {
        try
        {
            socket.Blocking = false;
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
