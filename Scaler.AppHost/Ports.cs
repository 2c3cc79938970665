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
    private static readonly string[] Internal = ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <summary>Where people open the dashboard, once <see cref="ForDashboard"/> has seen to it; empty where there is none.</summary>
    public string Dashboard => configuration[DashboardUrl]?.Split(';')[0] ?? "";

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
        Console.WriteLine($"Port {port} is in use, so {service} gets a free one. Choose another: --{key} <port>");
        return null;
    }

    /// <summary>
    /// Sees to the ports of the dashboard: the one that people open, of the launch profile, and those between it and the
    /// services, which are free ones unless they are configured.
    /// </summary>
    public void ForDashboard()
    {
        foreach (var name in Internal) configuration[name] ??= Localhost(Free());

        if (configuration[DashboardUrl] is not { } given || !Uri.TryCreate(given, UriKind.Absolute, out var url)) return;
        configuration[DashboardUrl] = Localhost(For("Dashboard", url.Port) ?? Free());
    }

    private static string Localhost(int port) => $"http://localhost:{port}";

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
