using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Scaler.EngineIO.Sockets;

/// <summary>Kestrel's transport of sockets, with another output. Kestrel asks the last transport that was added first.</summary>
internal sealed class SocketOutputTransport(SocketTransportFactory sockets) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new SocketOutputListener(await sockets.BindAsync(endpoint, cancellationToken));

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);
}
