using System.Net;
using System.Net.Sockets;

namespace Scaler.Tests.Helpers;

/// <summary>Ports of the loopback interface.</summary>
internal static class Ports
{
    /// <summary>A port that was free just now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
