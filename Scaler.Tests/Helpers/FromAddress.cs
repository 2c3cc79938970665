using System.Net;
using System.Net.Sockets;

namespace Scaler.Tests.Helpers;

/// <summary>HTTP from another address of this machine: to a server, another client.</summary>
internal static class FromAddress
{
    public static HttpClient Client(string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var from = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            from.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await from.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(from, ownsSocket: true);
        },
    });
}
