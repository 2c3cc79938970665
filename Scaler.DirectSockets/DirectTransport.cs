using System.Buffers;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Connections;

namespace Scaler.DirectSockets;

/// <summary>
/// Represents a Kestrel transport for sockets, configured by <see cref="SocketTransportOptions"/>, whose connections have no
/// receive loop and no send loop. Kestrel asks the most recently registered transport first.
/// </summary>
internal sealed class DirectTransport(
    IOptions<SocketTransportOptions> sockets, IOptions<KestrelServerOptions> options, IMemoryPoolFactory<byte>? memory = null,
    ILoggerFactory? loggers = null, IMeterFactory? meters = null, TimeProvider? time = null)
    : IInlineSendTransport, IConnectionListenerFactorySelector
{
    private const string Name = "Scaler.DirectSockets";

    private readonly AcceptThrottle _throttle = new(
        (loggers ?? NullLoggerFactory.Instance).CreateLogger(Name), time ?? TimeProvider.System,
        FileDescriptors.MaxForConnections,
        meters?.Create(Name).CreateCounter<long>(
            "directsockets.accept_pauses", "{pause}",
            "Number of pauses in accepting connections for lack of file descriptors or memory."));

    // Kestrel counts a connection toward its limits only while its HTTP layer is busy with it.
    private bool KeepRequestsOpen =>
        options.Value.Limits is not { MaxConcurrentConnections: null, MaxConcurrentUpgradedConnections: null };

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new DirectListener(endpoint, sockets.Value, memory?.Create() ?? MemoryPool<byte>.Shared, KeepRequestsOpen, _throttle));

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint;
}
