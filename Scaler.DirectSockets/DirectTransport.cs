using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Connections;

namespace Scaler.DirectSockets;

/// <summary>
/// Represents a Kestrel transport for sockets, configured by <see cref="SocketTransportOptions"/>, whose connections have no
/// receive loop and no send loop. Kestrel asks the most recently registered transport first.
/// </summary>
internal sealed class DirectTransport(
    IOptions<SocketTransportOptions> sockets, IOptions<KestrelServerOptions> options, IMemoryPoolFactory<byte>? memory = null)
    : IInlineSendTransport, IConnectionListenerFactorySelector
{
    // Kestrel counts a connection toward its limits only while its HTTP layer is busy with it.
    private bool KeepRequestsOpen =>
        options.Value.Limits is not { MaxConcurrentConnections: null, MaxConcurrentUpgradedConnections: null };

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new DirectListener(endpoint, sockets.Value, memory?.Create() ?? MemoryPool<byte>.Shared, KeepRequestsOpen));

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint;
}
