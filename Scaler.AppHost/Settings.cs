using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Scaler.AppHost;

/// <summary>
/// The settings of the topology. A port that is in use is reported in one line and replaced by a free port, so that everything still
/// runs and the printed URLs are right.
/// </summary>
internal sealed class Settings(IConfiguration configuration)
{
    private const int DefaultReplicas = 3;
    private const int MaxReplicas = 32;
    private const string DashboardKey = "ASPNETCORE_URLS";

    private static readonly string[] InternalUrlKeys = ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <summary>Gets the number of Scaler.Stream servers.</summary>
    public int Replicas => configuration.GetValue("Replicas", DefaultReplicas);

    /// <summary>Gets the URL of the dashboard, or an empty string if there is none.</summary>
    public string DashboardUrl => configuration[DashboardKey]?.Split(';')[0] ?? "";

    /// <summary>Finds the first setting that cannot work.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>One line that names the key, its value and a correct value; <see langword="null"/> if all settings are valid.</returns>
    public static string? FindProblem(IConfiguration configuration)
    {
        if (!IsNumber(configuration["Replicas"], 1, MaxReplicas))
            return $"Replicas is '{configuration["Replicas"]}'; it must be a number from 1 to {MaxReplicas}.";

        return configuration.GetSection("Ports").GetChildren()
            .Where(port => !IsNumber(port.Value, 0, IPEndPoint.MaxPort))
            .Select(port => $"{port.Path} is '{port.Value}'; it must be a port from 1 to {IPEndPoint.MaxPort}, or 0 for any free port.")
            .FirstOrDefault();
    }

    /// <summary>Finds a port that is free now.</summary>
    public static int FindFreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Chooses the port of a service: the configured port or the default port, if it is free.</summary>
    /// <param name="service">The name of the service in the configuration section <c>Ports</c>.</param>
    /// <param name="defaultPort">The port to use if none is configured.</param>
    /// <returns>The port, or <see langword="null"/> for any free port.</returns>
    public int? ChoosePort(string service, int defaultPort)
    {
        var key = $"Ports:{service}";
        var port = configuration.GetValue(key, defaultPort);
        if (port == 0) return null;
        if (IsFree(port)) return port;
        Console.WriteLine($"Port {port} is in use, so {service} gets a free port. Choose another port with --{key} <port>");
        return null;
    }

    /// <summary>
    /// Assigns the ports of the dashboard: the port of its pages from the launch profile or from <c>Ports:Dashboard</c>, and free ports
    /// for its endpoints towards the services unless they are configured.
    /// </summary>
    public void AssignDashboardPorts()
    {
        foreach (var key in InternalUrlKeys) configuration[key] ??= Localhost(FindFreePort());

        if (!Uri.TryCreate(configuration[DashboardKey], UriKind.Absolute, out var url)) return;
        configuration[DashboardKey] = Localhost(ChoosePort("Dashboard", url.Port) ?? FindFreePort());
    }

    private static bool IsNumber(string? value, int min, int max) =>
        value is null || (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max);

    private static string Localhost(int port) => $"http://localhost:{port}";

    private static bool IsFree(int port) => IsFree(IPAddress.Loopback, port) && IsFree(IPAddress.IPv6Loopback, port);

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
            // Other errors, such as a system without IPv6, do not mean that the port is taken.
            return e.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }
}
