using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Scaler.AppHost;

/// <summary>
/// The ports that people and clients use, of the configuration section <c>Ports</c>. One that is in use is said in a
/// line, and a free one taken in its place: everything runs, and the URLs that are printed are right.
/// </summary>
internal sealed class Ports(IConfiguration configuration)
{
    private const string DashboardUrl = "ASPNETCORE_URLS";
    private static readonly string[] DashboardUrls =
        [DashboardUrl, "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <summary>A port that nobody uses now.</summary>
    public static int Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>The port of a service; null for any free one.</summary>
    public int? For(string service, int usual)
    {
        var key = $"Ports:{service}";
        var port = configuration.GetValue(key, usual);
        if (port == 0) return null;
        if (IsFree(port)) return port;
        Console.WriteLine($"Port {port} is in use: {service} gets a free one. To choose: --{key} <port>");
        return null;
    }

    /// <summary>Sees to the ports of the dashboard, which the launch profile names by URLs; without one there is no dashboard.</summary>
    public void FreeDashboard()
    {
        const string key = "Ports:Dashboard";
        if (configuration[key] is { } chosen && configuration[DashboardUrl] is not null)
            configuration[DashboardUrl] = $"http://localhost:{(chosen == "0" ? Free() : chosen)}";

        foreach (var name in DashboardUrls)
        {
            if (!Uri.TryCreate(configuration[name], UriKind.Absolute, out var url) || IsFree(url.Port)) continue;
            var free = Free();
            Console.WriteLine($"Port {url.Port} is in use: the dashboard gets {free}. To choose: {(name == DashboardUrl ? $"--{key} <port>" : $"--{name} <url>")}");
            configuration[name] = new UriBuilder(url) { Port = free }.Uri.GetLeftPart(UriPartial.Authority);
        }
    }

    private static bool IsFree(int port) => IsFree(IPAddress.Loopback, port) && IsFree(IPAddress.IPv6Loopback, port);

    // Other reasons, such as a system without IPv6, are not this check's business.
    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }
}
