using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Scaler.EngineIO.Sockets;

namespace Scaler.EngineIO;

/// <summary>Sets the web server up for many small messages.</summary>
public static class EngineIOWebHostBuilderExtensions
{
    /// <summary>
    /// Gives Kestrel a transport whose sockets are received from and sent to where they are read and written, instead of by loops of their own that
    /// hand everything to other threads. A message then takes a tenth to three tenths less CPU time, a broadcast's delivery about a fifth. It
    /// serves all of the server's connections over TCP and Unix sockets, with TLS and HTTP/2 too.
    /// </summary>
    /// <remarks>
    /// Of <see cref="SocketTransportOptions"/> it takes <c>Backlog</c>, <c>NoDelay</c> and <c>CreateBoundListenSocket</c>; what the others set up is not there.
    /// What is received is handled by a thread of the pool; the messages of a WebSocket over plain HTTP/1.1, on Linux, by the thread that waits for its
    /// socket. As long as handlers block all of those threads, which is noticed after some 10 ms, the pool takes over, and after some 100 ms where they
    /// compute. With an <c>IOQueueCount</c> of 0 it is always the pool.
    /// A flush completes when the system has taken the data, and no longer as soon as <c>KestrelServerLimits.MaxResponseBufferSize</c> has
    /// room for it; nothing is received beyond what is read, so that <c>MaxRequestBufferSize</c> has no meaning either. That a client has left while its
    /// request is served is noticed at once where that is a poll of Engine.IO, else within about a second; not while more of what it sent waits to be read.
    /// On Linux the system takes up to 128 KiB for a client beyond what is under way to it (<c>TCP_NOTSENT_LOWAT</c>), so that what a slow client has
    /// not taken is in its queue, which has a bound; a socket of <c>CreateBoundListenSocket</c> that has another such setting keeps it.
    /// <para>
    /// WebSockets of Engine.IO over plain HTTP/1.1 then read and write the socket itself, unless a middleware has put a stream of its own in between, and
    /// their requests end with the handshake: what a middleware does behind its <c>next</c> it does then, the request's services are disposed of, its
    /// trace and duration are those of the handshake, and some 4 KiB per connection are given back. The server's stop still waits for such connections.
    /// Where <c>KestrelServerLimits.MaxConcurrentConnections</c> or <c>MaxConcurrentUpgradedConnections</c> is set, requests last as long as their
    /// connections, so that they are counted. Middleware of connections (<c>ListenOptions.Use</c>) sees the end of HTTP, not that of the connection.
    /// </para>
    /// </remarks>
    /// <param name="builder">The host, of Kestrel; others pass it over.</param>
    /// <returns>The same host.</returns>
    public static IWebHostBuilder UseDirectSockets(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(static services => services.AddSingleton<IConnectionListenerFactory, DirectTransport>());
    }
}
