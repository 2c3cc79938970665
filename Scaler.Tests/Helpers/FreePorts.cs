using System.Net;
using System.Net.Sockets;

namespace Scaler.Tests.Helpers;

/// <summary>Finds free ports on the loopback interface.</summary>
internal static class FreePorts
{
    /// <summary>Returns a port that was free at the time of the call.</summary>
    public static int GetFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
