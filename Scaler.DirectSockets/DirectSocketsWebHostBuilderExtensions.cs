using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Scaler.DirectSockets;

/// <summary>Provides an extension method that makes Kestrel receive and send without thread hops.</summary>
public static class DirectSocketsWebHostBuilderExtensions
{
    /// <summary>
    /// Replaces Kestrel's socket transport with one that receives and sends on the threads that read and write, which avoids a
    /// thread hop for each operation. This takes 10 % to 30 % less CPU time per message, and about 20 % less for the delivery of
    /// a broadcast. It applies to all TCP and Unix socket connections of the server, including TLS and HTTP/2.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Of <see cref="SocketTransportOptions"/>, the transport uses <c>Backlog</c>, <c>NoDelay</c> and
    /// <c>CreateBoundListenSocket</c>. <c>IOQueueCount</c> only turns the polling threads off, as described next. The other
    /// options have no effect.
    /// </para>
    /// <para>
    /// Received data is handled on the thread pool. On Linux, the messages of a WebSocket over plain HTTP/1.1 are handled on the
    /// thread that polls its socket. If handlers block all polling threads, the thread pool takes over after about 10 ms; if
    /// handlers keep them busy with computation, after about 100 ms. Set <c>IOQueueCount</c> to 0 to always use the thread pool.
    /// </para>
    /// <para>
    /// A flush completes when the kernel has accepted the data, not as soon as <c>KestrelServerLimits.MaxResponseBufferSize</c>
    /// has room for it. The transport does not read ahead, so <c>MaxRequestBufferSize</c> has no effect. On Linux, the kernel
    /// accepts at most 128 KiB of unsent data per client (<c>TCP_NOTSENT_LOWAT</c>). The backlog of a slow client therefore stays
    /// in its bounded queue. A socket from <c>CreateBoundListenSocket</c> that already sets this option keeps its value.
    /// </para>
    /// <para>
    /// If a client disconnects during a request, this is detected immediately for an Engine.IO poll, and within about 1 s for
    /// other requests. It is not detected while received data of the client is unread.
    /// </para>
    /// <para>
    /// An Engine.IO WebSocket over plain HTTP/1.1 reads and writes the socket directly, unless a middleware wraps the stream. Its
    /// request ends with the handshake: middleware continues after its <c>next</c> call, the request's services are disposed of,
    /// its trace and duration cover the handshake only, and about 4 KiB of memory per connection is released. Server shutdown
    /// still waits for such connections. If <c>KestrelServerLimits.MaxConcurrentConnections</c> or
    /// <c>MaxConcurrentUpgradedConnections</c> is set, the request lasts as long as the connection, so that Kestrel counts it.
    /// Connection middleware (<c>ListenOptions.Use</c>) sees the end of HTTP, not of the connection.
    /// </para>
    /// </remarks>
    /// <param name="builder">The web host builder. A server other than Kestrel ignores the transport.</param>
    /// <returns>The web host builder.</returns>
    public static IWebHostBuilder UseDirectSockets(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(static services => services.AddSingleton<IConnectionListenerFactory, DirectTransport>());
    }
}
