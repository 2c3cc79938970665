using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Running;

/// <summary>What "localhost" means on this machine.</summary>
internal static class Loopback
{
    public static IReadOnlyList<IPAddress> Addresses { get; } =
        HasIPv6() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];

    // A system may know IPv6 and yet have no such loopback address, as in many containers.
    private static bool HasIPv6()
    {
        if (!Socket.OSSupportsIPv6) return false;
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
