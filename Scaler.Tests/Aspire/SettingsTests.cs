using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Scaler.AppHost;

namespace Scaler.Tests.Aspire;

public sealed class SettingsTests
{
    [Fact]
    public void ChoosePort_NothingConfigured_ReturnsDefault()
    {
        var port = Settings.FindFreePort();

        Assert.Equal(port, Configured().ChoosePort("Stream", port));
    }

    [Fact]
    public void ChoosePort_Zero_ReturnsNull() => Assert.Null(Configured(("Ports:Stream", "0")).ChoosePort("Stream", 8080));

    [Fact]
    public void ChoosePort_PortInUse_ReturnsNull()
    {
        using var listener = Listen(out var port);

        Assert.Null(Configured(("Ports:Stream", $"{port}")).ChoosePort("Stream", 8080));
    }

    [Fact]
    public void AssignDashboardPorts_PortInUse_ChoosesAnother()
    {
        using var listener = Listen(out var port);
        var configuration = Build(("ASPNETCORE_URLS", $"http://localhost:{port}"));

        new Settings(configuration).AssignDashboardPorts();

        var url = new Uri(configuration["ASPNETCORE_URLS"]!);
        Assert.Equal("localhost", url.Host);
        Assert.NotEqual(port, url.Port);
    }

    [Fact]
    public void AssignDashboardPorts_PortConfigured_UsesIt()
    {
        var port = Settings.FindFreePort();
        var configuration = Build(("ASPNETCORE_URLS", "http://localhost:1"), ("Ports:Dashboard", $"{port}"));

        new Settings(configuration).AssignDashboardPorts();

        Assert.Equal($"http://localhost:{port}", configuration["ASPNETCORE_URLS"]);
    }

    [Theory]
    [InlineData("Replicas", "0", "Replicas is '0'; it must be a number from 1 to 32.")]
    [InlineData("Replicas", "three", "Replicas is 'three'; it must be a number from 1 to 32.")]
    [InlineData("Ports:Stream", "http", "Ports:Stream is 'http'; it must be a port from 1 to 65535, or 0 for any free port.")]
    [InlineData("Ports:Admin", "65536", "Ports:Admin is '65536'; it must be a port from 1 to 65535, or 0 for any free port.")]
    public void FindProblem_InvalidValue_NamesKeyValueAndRange(string key, string value, string problem) =>
        Assert.Equal(problem, Settings.FindProblem(Build((key, value))));

    [Fact]
    public void FindProblem_ValidValues_ReturnsNull() =>
        Assert.Null(Settings.FindProblem(Build(("Replicas", "5"), ("Ports:Stream", "0"), ("Ports:Admin", "9000"))));

    private static Socket Listen(out int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        return listener;
    }

    private static Settings Configured(params (string Key, string Value)[] settings) => new(Build(settings));

    private static IConfiguration Build(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
