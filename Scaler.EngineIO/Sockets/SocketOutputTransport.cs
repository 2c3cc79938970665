using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Scaler.EngineIO.Sockets;

/// <summary>Kestrel's transport of sockets, with another output. Kestrel asks the last transport that was added first.</summary>
internal sealed class SocketOutputTransport(SocketTransportFactory sockets, IOptions<KestrelServerOptions> options)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    // Kestrel counts for its limits what its HTTP is busy with.
    private bool RequestsLast => options.Value.Limits is not { MaxConcurrentConnections: null, MaxConcurrentUpgradedConnections: null };

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new SocketOutputListener(await sockets.BindAsync(endpoint, cancellationToken), RequestsLast);

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);
}
