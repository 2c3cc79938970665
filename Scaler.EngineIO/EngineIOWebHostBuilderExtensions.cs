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
    /// Lets Kestrel send a connection's output in the thread that flushes it, instead of handing it to a loop of its own on another thread.
    /// That saves about a fifth of the CPU time of a broadcast's delivery. It holds for all of the server's connections over TCP and Unix
    /// sockets, with TLS and HTTP/2 too; their settings (<see cref="SocketTransportOptions"/>) stay as they are.
    /// </summary>
    /// <remarks>
    /// A flush then completes when the system has taken the data, and no longer as soon as <c>KestrelServerLimits.MaxResponseBufferSize</c> has
    /// room for it: that limit has no meaning here, and nothing waits beyond a session's queue.
    /// <para>
    /// WebSockets of Engine.IO over plain HTTP/1.1 then write to the socket itself, unless a middleware has put a stream of its own in between, and
    /// their requests end with the handshake: what a middleware does behind its <c>next</c> it does then, the request's services are disposed of, its
    /// trace and duration are those of the handshake, and some 4 KiB per connection are given back. The server's stop still waits for such connections.
    /// Where <c>KestrelServerLimits.MaxConcurrentConnections</c> or <c>MaxConcurrentUpgradedConnections</c> is set, requests last as long as their
    /// connections, so that they are counted. Middleware of connections (<c>ListenOptions.Use</c>) sees the end of HTTP, not that of the connection.
    /// </para>
    /// </remarks>
    /// <param name="builder">The host, of Kestrel; others pass it over.</param>
    /// <returns>The same host.</returns>
    public static IWebHostBuilder UseSocketOutput(this IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices(static services => services.AddSingleton<IConnectionListenerFactory>(static provider =>
            ActivatorUtilities.CreateInstance<SocketOutputTransport>(provider, ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider))));
    }
}
