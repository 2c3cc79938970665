using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// A transport of Kestrel for sockets, with the settings of its own: the connections have no loops that receive and send. Kestrel asks the last
/// transport that was added first.
/// </summary>
internal sealed class DirectTransport(
    IOptions<SocketTransportOptions> sockets, IOptions<KestrelServerOptions> options, IMemoryPoolFactory<byte>? memory = null)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    // Kestrel counts for its limits what its HTTP is busy with.
    private bool RequestsLast => options.Value.Limits is not { MaxConcurrentConnections: null, MaxConcurrentUpgradedConnections: null };

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new DirectListener(endpoint, sockets.Value, memory?.Create() ?? MemoryPool<byte>.Shared, RequestsLast));

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint;
}
