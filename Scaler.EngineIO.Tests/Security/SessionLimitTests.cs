using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Security;

/// <summary>
/// Tests each limit of a session: the client and the application are notified, a metric counts it, and other clients lose
/// nothing.
/// </summary>
public sealed class SessionLimitTests
{
    private readonly List<EngineLimitReached> _reported = [];

    [Fact]
    public async Task MessagesPerSecond_OverWebSocket_ClosesWithTheReason()
    {
        await using var host = await StartAsync(static options => (options.MaxMessagesPerSecond, options.RateBurst) = (10, TimeSpan.FromSeconds(1)));
        await AssertLimitAsync(
            host, "messages", EngineLimit.Messages, EngineCloseReason.RateLimit,
            async socket =>
            {
                await socket.Connection.SendAsync(Enumerable.Range(0, 11).SelectMany(static _ => RawWebSocket.BuildTextFrame("4a")).ToArray());
                for (var index = 0; index < 10; index++)
                {
                    Assert.Equal("4a", await socket.ReadTextAsync());
                }

                Assert.Equal((1008, "too many messages per second"), await socket.ReadCloseAsync());
            });
    }

    [Fact]
    public async Task MessagesPerSecond_PingFrames_AreCounted()
    {
        await using var host = await StartAsync(static options => (options.MaxMessagesPerSecond, options.RateBurst) = (10, TimeSpan.FromSeconds(1)));
        using var socket = await host.OpenWebSocketAsync();
        await socket.Connection.SendAsync(Enumerable.Range(0, 11).SelectMany(static _ => RawWebSocket.BuildFrame(9, [])).ToArray());
        Assert.Equal(EngineCloseReason.RateLimit, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task MessagesPerSecond_OverPolling_Returns429AndClosesOnTheNextPoll()
    {
        await using var host = await StartAsync(static options => (options.MaxMessagesPerSecond, options.RateBurst) = (10, TimeSpan.FromSeconds(1)));
        using var neighbours = await WellBehavedClients.ConnectAsync(host);
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, string.Join('\x1e', Enumerable.Repeat("4a", 11)))).AssertError(429, 3, "too many messages per second");
        (await host.PollAsync(sid)).AssertBody(200, string.Join('\x1e', Enumerable.Repeat("4a", 10)));
        (await host.PollAsync(sid)).AssertBody(200, "6\x1e" + "1");
        Assert.Equal(EngineCloseReason.RateLimit, await host.Handler.WaitForClosedAsync());
        Assert.Equal(EngineLimit.Messages, Assert.Single(_reported).Limit);
        await neighbours.AssertUnaffectedAsync();
    }

    [Fact]
    public async Task MessagesPerSecond_ClientKeepsToTheRate_IsServed()
    {
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(
            static options => (options.MaxMessagesPerSecond, options.RateBurst) = (2, TimeSpan.FromSeconds(1)), time: time);
        using var socket = await host.OpenWebSocketAsync();
        for (var index = 0; index < 10; index++)
        {
            await socket.SendTextAsync("4a");
            Assert.Equal("4a", await socket.ReadTextAsync());
            time.Advance(TimeSpan.FromMilliseconds(500));
        }
    }

    [Fact]
    public async Task BytesPerSecond_OverWebSocket_ClosesWithTheReason()
    {
        await using var host = await StartAsync(static options =>
            (options.MaxPayload, options.MaxBytesPerSecond, options.RateBurst) = (1000, 1000, TimeSpan.FromSeconds(1)));
        await AssertLimitAsync(
            host, "bytes", EngineLimit.Bytes, EngineCloseReason.RateLimit,
            async socket =>
            {
                await socket.Connection.SendAsync((byte[])[.. RawWebSocket.BuildTextFrame("4" + new string('x', 900)), .. RawWebSocket.BuildTextFrame("4" + new string('x', 900))]);
                Assert.Equal(901, (await socket.ReadTextAsync()).Length);
                Assert.Equal((1008, "too many bytes per second"), await socket.ReadCloseAsync());
            });
    }

    [Fact]
    public async Task Payload_OneByteTooLarge_IsReportedAndCounted()
    {
        await using var host = await StartAsync(static options => options.MaxPayload = 1000);
        await AssertLimitAsync(
            host, "payload", EngineLimit.Payload, EngineCloseReason.PayloadTooLarge,
            async socket =>
            {
                await socket.SendTextAsync("4" + new string('x', 1000));
                Assert.Equal((1009, ""), await socket.ReadCloseAsync());
            });
    }

    [Fact]
    public async Task Fragments_OneTooMany_AreReportedAndCounted()
    {
        await using var host = await StartAsync(static options => options.MaxFragmentsPerMessage = 3);
        await AssertLimitAsync(
            host, "fragments", EngineLimit.Fragments, EngineCloseReason.TransportError,
            async socket =>
            {
                await socket.SendAsync(RawWebSocket.BuildFrame(2, [1], final: false));
                await socket.SendAsync(Enumerable.Range(0, 3).SelectMany(static _ => RawWebSocket.BuildFrame(0, [1], final: false)).ToArray());
                Assert.Equal((1008, ""), await socket.ReadCloseAsync());
            });
    }

    [Fact]
    public async Task Packets_OneTooMany_AreReportedAndCounted()
    {
        await using var host = await StartAsync(static options => options.MaxPacketsPerPayload = 3);
        using var limits = Collect(host);
        using var neighbours = await WellBehavedClients.ConnectAsync(host);
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, "4a\x1e" + "4b\x1e" + "4c\x1e" + "4d")).AssertError(400, 3, "Bad request");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
        AssertReported(limits, "packets", EngineLimit.Packets);
        await neighbours.AssertUnaffectedAsync();
    }

    [Fact]
    public async Task Queue_ClientReadsNothing_IsReportedAndCounted()
    {
        await using var host = await StartAsync(static options =>
        {
            options.MaxQueuedBytes = 1_000_000;
            options.CloseTimeout = TimeSpan.FromMilliseconds(100);
        });
        using var limits = Collect(host);
        using var slow = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var neighbours = await WellBehavedClients.ConnectAsync(host);
        using var message = EngineEncodedMessage.Create(new byte[100_000], EngineMessageKind.Binary);
        for (var sent = 0; session.TrySend(message) == EngineSendOutcome.Sent; sent++)
        {
            Assert.True(sent < 10_000, "The queue is unbounded.");
            await Task.Yield();
        }

        Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
        AssertReported(limits, "queue", EngineLimit.Queue);
        await neighbours.AssertUnaffectedAsync();
    }

    [Fact]
    public async Task OnLimitReached_Throws_IsLoggedAndIgnored()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.MaxPayload = 1000;
            options.OnLimitReached = static _ => throw new InvalidOperationException();
        });
        host.AllowsErrors = true;
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("4" + new string('x', 1000));
        Assert.Equal((1009, ""), await socket.ReadCloseAsync());
        await socket.CompleteCloseAsync();
        Assert.Equal(EngineCloseReason.PayloadTooLarge, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task CloseAsync_WithAMessage_SendsItToTheClient()
    {
        await using var host = await StartAsync(static _ => { });
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.CloseAsync(EngineCloseReason.Forbidden, new string('x', 124)));
        _ = session.CloseAsync(EngineCloseReason.Forbidden, "the contract has ended").AsTask();
        Assert.Equal((4403, "the contract has ended"), await socket.ReadCloseAsync());
    }

    [Fact]
    public async Task OnOpened_ClosesAsForbidden_RefusesTheHandshake()
    {
        await using var host = await EngineTestHost.StartAsync(handler: new EngineTestHandler
        {
            Opened = static (session, token) =>
            {
                _ = session.CloseAsync(EngineCloseReason.Forbidden, "no room").AsTask();
                return default;
            },
        });
        (await host.GetAsync("?EIO=4&transport=polling")).AssertError(403, 4, "no room");
        using var socket = await host.ConnectWebSocketAsync();
        Assert.StartsWith("0{", await socket.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal((4403, "no room"), await socket.ReadCloseAsync());
        Assert.Equal(0, host.Server.Count);
    }

    private Task<EngineTestHost> StartAsync(Action<EngineIOOptions> configure) => EngineTestHost.StartAsync(options =>
    {
        configure(options);
        options.OnLimitReached = _reported.Add;
    });

    private async Task AssertLimitAsync(
        EngineTestHost host, string name, EngineLimit limit, EngineCloseReason reason, Func<RawWebSocket, Task> exceed)
    {
        using var limits = Collect(host);
        using var neighbours = await WellBehavedClients.ConnectAsync(host);
        using var socket = await host.OpenWebSocketAsync();
        await exceed(socket);
        await socket.CompleteCloseAsync();
        Assert.Equal(reason, await host.Handler.WaitForClosedAsync());
        AssertReported(limits, name, limit);
        await neighbours.AssertUnaffectedAsync();
    }

    private void AssertReported(MetricCollector<long> limits, string name, EngineLimit limit)
    {
        Assert.Equal(name, Assert.Single(limits.GetMeasurementSnapshot()).Tags["engineio.limit"]);
        var reported = Assert.Single(_reported);
        Assert.Equal(limit, reported.Limit);
        Assert.NotNull(reported.Session);
    }

    private static MetricCollector<long> Collect(EngineTestHost host) =>
        new(host.Services.GetRequiredService<IMeterFactory>(), "Scaler.EngineIO", "engineio.server.limits_reached");
}
