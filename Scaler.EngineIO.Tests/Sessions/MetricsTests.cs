using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Scaler.EngineIO.Tests.Sessions;

public sealed class MetricsTests
{
    private const string Meter = "Scaler.EngineIO";

    private static MetricCollector<T> Collect<T>(EngineTestHost host, string name)
        where T : struct => new(host.Services.GetRequiredService<IMeterFactory>(), Meter, "engineio.server." + name);

    private static long Sum(MetricCollector<long> collector, params (string Tag, string Value)[] tags) =>
        collector.GetMeasurementSnapshot()
            .Where(measurement => tags.All(tag => Equals(measurement.Tags.GetValueOrDefault(tag.Tag), tag.Value)))
            .Sum(static measurement => measurement.Value);

    [Fact]
    public async Task ActiveSessions_AfterUpgradeAndClose_IsZero()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var sessions = Collect<long>(host, "active_sessions");
        using var duration = Collect<double>(host, "session.duration");
        using var upgrades = Collect<long>(host, "upgrades");
        var (_, socket) = await host.OpenUpgradedAsync();
        Assert.Equal(0, Sum(sessions, ("engineio.transport", "polling")));
        Assert.Equal(1, Sum(sessions, ("engineio.transport", "websocket")));
        await socket.SendTextAsync("1");
        await host.Handler.WaitForClosedAsync();
        socket.Dispose();
        Assert.Equal(0, Sum(sessions, ("engineio.transport", "websocket")));
        var ended = Assert.Single(duration.GetMeasurementSnapshot());
        Assert.Equal("client_close", ended.Tags["engineio.close_reason"]);
        Assert.Equal("websocket", ended.Tags["engineio.transport"]);
        Assert.Equal(1, Sum(upgrades, ("engineio.upgrade.outcome", "completed")));
    }

    [Fact]
    public async Task Packets_SentAndReceived_AreCountedByTransportDirectionAndType()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var packets = Collect<long>(host, "packets");
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("4a");
        await socket.ReadTextAsync();
        var sid = await host.OpenPollingAsync();
        await host.PostAsync(sid, "4a\x1e" + "6");
        await host.PollAsync(sid);
        Assert.Equal(1, Sum(packets, ("engineio.direction", "receive"), ("engineio.packet.type", "noop")));
        foreach (var transport in (string[])["polling", "websocket"])
        {
            foreach (var direction in (string[])["receive", "send"])
            {
                Assert.Equal(1, Sum(
                    packets, ("engineio.transport", transport), ("engineio.direction", direction), ("engineio.packet.type", "message")));
            }
        }
    }

    [Fact]
    public async Task RefusedRequests_OfEachKind_AreCountedByErrorType()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var refused = Collect<long>(host, "refused_requests");
        await host.GetAsync("?transport=tobi");
        await host.PollAsync("unknown");
        await host.GetAsync("?transport=polling");
        await host.GetAsync("?EIO=4&transport=websocket");
        await host.PostAsync("", "x", more: "");
        await host.SendAsync(HttpMethod.Post, "?EIO=4&transport=polling", null, null);
        foreach (var error in (string[])["unknown_transport", "unsupported_version", "bad_request", "bad_handshake_method"])
        {
            Assert.Equal(1, Sum(refused, ("error.type", error)));
        }

        Assert.Equal(2, Sum(refused, ("error.type", "unknown_session")));
    }
}
