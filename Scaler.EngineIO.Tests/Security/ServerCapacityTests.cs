using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.EngineIO.Connections;

namespace Scaler.EngineIO.Tests.Security;

/// <summary>Tests the limits of a server as a whole.</summary>
public sealed class ServerCapacityTests
{
    private const string Polling = "?EIO=4&transport=polling";

    [LinuxFact]
    public async Task Handshake_AboveMaxOpenFiles_Gets503UntilTheServerHasRecovered()
    {
        var time = new FakeTimeProvider();
        var reported = new List<EngineLimit>();
        await using var host = await EngineTestHost.StartAsync(
            options =>
            {
                options.MaxOpenFiles = 1;
                options.OnLimitReached = reached => reported.Add(reached.Limit);
            },
            time: time);
        using var limits = new MetricCollector<long>(
            host.Services.GetRequiredService<IMeterFactory>(), "Scaler.EngineIO", "engineio.server.limits_reached");

        for (var i = 0; i < 3; i++)
        {
            var answer = await host.GetAsync(Polling);
            answer.AssertError(503, 3, "The server is full");
            Assert.Equal("5", answer.Header("Retry-After"));
            Assert.Equal("close", answer.Header("Connection"));
        }

        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"));
        Assert.StartsWith("HTTP/1.1 503 ", socket.ResponseHeaders, StringComparison.Ordinal);

        Assert.Equal([EngineLimit.OpenFiles], reported);
        Assert.Equal(4, limits.GetMeasurementSnapshot().Count(static item => Equals(item.Tags["engineio.limit"], "open_files")));
        Assert.Equal(0, host.Server.Count);
        Assert.True(host.Server.IsFull);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(host.Server.IsFull);
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(1_048_576, 1_047_552, 1_047_040)]
    [InlineData(1024, 922, 871)]
    [InlineData(256, 192, 160)]
    [InlineData(10, 0, 0)]
    public void FileDescriptors_OfALimit_LeaveAReserve(int limit, int forConnections, int forHandshakes)
    {
        Assert.Equal(forConnections, FileDescriptors.SubtractReserve(limit));
        Assert.Equal(forHandshakes, FileDescriptors.SubtractHandshakeReserve(limit));
    }

    [LinuxFact]
    public void FileDescriptors_OfThisProcess_AreDerivedFromItsLimit()
    {
        var limit = File.ReadLines("/proc/self/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        var expected = int.TryParse(limit, out var number) ? FileDescriptors.SubtractReserve(number) : int.MaxValue;
        Assert.Equal(expected, FileDescriptors.MaxForConnections);
    }
}
