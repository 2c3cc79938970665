using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>Configures small socket buffers, so that the kernel does not buffer much of what a client leaves unread.</summary>
internal static class SmallSockets
{
    public const int Size = 4096;

    public static void Configure(IServiceCollection services) => services.Configure<SocketTransportOptions>(static options =>
        options.CreateBoundListenSocket = static endpoint =>
        {
            // Accepted sockets inherit the options of the listening socket.
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = Size };
            socket.Bind(endpoint);
            return socket;
        });
}
