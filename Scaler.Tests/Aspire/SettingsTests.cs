using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Scaler.AppHost;

namespace Scaler.Tests.Aspire;

public sealed class PortsTests
{
    [Fact]
    public void For_NothingConfigured_IsTheUsualOne()
    {
        var port = Ports.Free();

        Assert.Equal(port, Configured().For("Stream", port));
    }

    [Fact]
    public void For_Zero_IsAnyFreeOne() => Assert.Null(Configured(("Ports:Stream", "0")).For("Stream", 8080));

    [Fact]
    public void For_OneInUse_IsAnyFreeOne()
    {
        using var listener = Listen(out var port);

        Assert.Null(Configured(("Ports:Stream", $"{port}")).For("Stream", 8080));
    }

    [Fact]
    public void ForDashboard_OneInUse_GetsAnother()
    {
        using var listener = Listen(out var port);
        var configuration = Build(("ASPNETCORE_URLS", $"http://localhost:{port}"));

        new Ports(configuration).ForDashboard();

        var url = new Uri(configuration["ASPNETCORE_URLS"]!);
        Assert.Equal("localhost", url.Host);
        Assert.NotEqual(port, url.Port);
    }

    [Fact]
    public void ForDashboard_OneChosen_GetsIt()
    {
        var port = Ports.Free();
        var configuration = Build(("ASPNETCORE_URLS", "http://localhost:1"), ("Ports:Dashboard", $"{port}"));

        new Ports(configuration).ForDashboard();

        Assert.Equal($"http://localhost:{port}", configuration["ASPNETCORE_URLS"]);
    }

    private static Socket Listen(out int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        return listener;
    }

    private static Ports Configured(params (string Key, string Value)[] settings) => new(Build(settings));

    private static IConfiguration Build(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
