using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Scaler.Tests.Security.Hostile;

/// <summary>Sockets with small buffers, so that what nobody reads is soon felt by the server, and not kept by the system.</summary>
internal static class SmallSockets
{
    public const int Size = 4096;

    public static void Configure(IServiceCollection services) => services.Configure<SocketTransportOptions>(static options =>
        options.CreateBoundListenSocket = static endpoint =>
        {
            // What a listening socket has, those that it accepts have too.
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = Size };
            socket.Bind(endpoint);
            return socket;
        });
}
