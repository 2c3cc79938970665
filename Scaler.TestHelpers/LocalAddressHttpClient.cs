using System.Net;
using System.Net.Sockets;

namespace Scaler.Tests.Helpers;

/// <summary>
/// Creates HTTP clients that connect from a given local address, so that the server sees a different remote client.
/// </summary>
internal static class LocalAddressHttpClient
{
    public static HttpClient Create(string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });
}
