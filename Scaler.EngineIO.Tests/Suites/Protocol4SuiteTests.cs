using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Suites;

/// <summary>
/// Tests the 25 rows of the official suite of protocol 4, one test per row
/// (socketio/socket.io, docs/engine.io-protocol/v4-test-suite). The clock is fake, so no row depends on the machine.
/// </summary>
public sealed class Protocol4SuiteTests
{
    private readonly FakeTimeProvider _time = new();

    private Task<EngineTestHost> StartAsync() => SuiteHost.StartAsync(4, _time);

    [Fact]
    public async Task PollingHandshake_ValidRequest_OpensASession()
    {
        await using var host = await StartAsync();
        var response = await host.GetAsync("?EIO=4&transport=polling");
        Assert.Equal(200, response.StatusCode);
        SuiteHost.AssertOpenPacket(response.Text, "websocket");
    }

    [Fact]
    public async Task PollingHandshake_InvalidVersion_Fails()
    {
        await using var host = await StartAsync();
        Assert.Equal(400, (await host.GetAsync("?transport=polling")).StatusCode);
        Assert.Equal(400, (await host.GetAsync("?EIO=abc&transport=polling")).StatusCode);
    }

    [Fact]
    public async Task PollingHandshake_InvalidTransport_Fails()
    {
        await using var host = await StartAsync();
        Assert.Equal(400, (await host.GetAsync("?EIO=4")).StatusCode);
        Assert.Equal(400, (await host.GetAsync("?EIO=4&transport=abc")).StatusCode);
    }

    [Fact]
    public async Task PollingHandshake_InvalidMethod_Fails()
    {
        await using var host = await StartAsync();
        Assert.Equal(400, (await host.SendAsync(HttpMethod.Post, "?EIO=4&transport=polling", null, null)).StatusCode);
        Assert.Equal(400, (await host.SendAsync(HttpMethod.Put, "?EIO=4&transport=polling", null, null)).StatusCode);
    }

    [Fact]
    public async Task WebSocketHandshake_ValidRequest_OpensASession()
    {
        await using var host = await StartAsync();
        using var socket = await host.ConnectWebSocketAsync();
        SuiteHost.AssertOpenPacket(await socket.ReadTextAsync());
    }

    [Fact]
    public async Task WebSocketHandshake_InvalidVersion_Fails()
    {
        await using var host = await StartAsync();
        await host.AssertRefusesWebSocketAsync("?transport=websocket");
        await host.AssertRefusesWebSocketAsync("?EIO=abc&transport=websocket");
    }

    [Fact]
    public async Task WebSocketHandshake_InvalidTransport_Fails()
    {
        await using var host = await StartAsync();
        await host.AssertRefusesWebSocketAsync("?EIO=4");
        await host.AssertRefusesWebSocketAsync("?EIO=4&transport=abc");
    }

    [Fact]
    public async Task PollingMessage_OneTextPacket_IsEchoed()
    {
        await using var host = await StartAsync();
        Assert.Equal("4hello", (await host.EchoAsync(4, "4hello")).Text);
    }

    [Fact]
    public async Task PollingMessage_SeveralTextPackets_AreEchoed()
    {
        await using var host = await StartAsync();
        const string Payload = "4one\u001e4two\u001e4three";
        Assert.Equal(Payload, (await host.EchoAsync(4, Payload)).Text);
    }

    [Fact]
    public async Task PollingMessage_TextAndBinaryPackets_AreEchoed()
    {
        await using var host = await StartAsync();
        const string Payload = "4hello\u001ebAQIDBA==";
        Assert.Equal(Payload, (await host.EchoAsync(4, Payload)).Text);
    }

    [Fact]
    public async Task PollingMessage_InvalidPacket_ClosesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        Assert.Equal(400, (await host.PostAsync(sid, "abc")).StatusCode);
        await host.AssertUnknownAsync(sid, 4);
    }

    [Fact]
    public async Task PollingMessage_DuplicatePoll_ClosesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        var first = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        Assert.Equal(400, (await host.PollAsync(sid, more: "&t=burst")).StatusCode);
        (await first).AssertBody(200, "1");
        await host.AssertUnknownAsync(sid, 4);
    }

    [Fact]
    public async Task PollingMessage_CanceledPoll_ClosesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var cancellation = new CancellationTokenSource();
        var poll = host.Client.GetAsync(
            new Uri($"/engine.io/?EIO=4&transport=polling&sid={sid}", UriKind.Relative), cancellation.Token);
        await session.WaitForHeldPollAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        // The next poll either arrives after the disconnect, or is the second poll of the session.
        Assert.Equal(400, (await host.PollAsync(sid)).StatusCode);
        await host.Handler.WaitForClosedAsync();
        await host.AssertUnknownAsync(sid, 4);
        Assert.Equal(0, host.Server.Count);
    }

    [Fact]
    public async Task WebSocketMessage_TextPacket_IsEchoed()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.AssertEchoesAsync();
    }

    [Fact]
    public async Task WebSocketMessage_BinaryPacket_IsEchoed()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendBinaryAsync([1, 2, 3, 4]);
        Assert.Equal([1, 2, 3, 4], await socket.ReadBinaryAsync());
    }

    [Fact]
    public async Task WebSocketMessage_InvalidPacket_ClosesTheSession()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("abc");
        await socket.AssertClosesAsync();
    }

    [Fact]
    public async Task PollingHeartbeat_PingAndPong_KeepTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        for (var count = 0; count < 3; count++)
        {
            var poll = await host.HoldPollAsync(session, sid);
            _time.Advance(SuiteHost.PingInterval);
            (await poll).AssertBody(200, "2");
            Assert.Equal(200, (await host.PostAsync(sid, "3")).StatusCode);
        }
    }

    [Fact]
    public async Task PollingHeartbeat_WithoutAPong_ClosesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        _time.Advance(SuiteHost.PingInterval);
        _time.Advance(SuiteHost.PingTimeout);
        await host.AssertUnknownAsync(sid, 4);
    }

    [Fact]
    public async Task WebSocketHeartbeat_PingAndPong_KeepTheSession()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var heartbeats = new SemaphoreSlim(0);
        (await host.Handler.WaitForOpenedAsync()).Heartbeat += _ => heartbeats.Release();
        for (var count = 0; count < 3; count++)
        {
            _time.Advance(SuiteHost.PingInterval);
            Assert.Equal("2", await socket.ReadTextAsync());
            await socket.SendTextAsync("3");
            await heartbeats.WaitAsync().WithTimeout();
        }
    }

    [Fact]
    public async Task WebSocketHeartbeat_WithoutAPong_ClosesTheSession()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        _time.Advance(SuiteHost.PingInterval);
        Assert.Equal("2", await socket.ReadTextAsync());
        _time.Advance(SuiteHost.PingTimeout);
        await socket.AssertClosesAsync();
    }

    [Fact]
    public async Task PollingClose_ByTheClient_CompletesTheHeldPoll()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        var poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        Assert.Equal(200, (await host.PostAsync(sid, "1")).StatusCode);
        (await poll).AssertBody(200, "6");
        await host.AssertUnknownAsync(sid, 4);
    }

    [Fact]
    public async Task WebSocketClose_ByTheClient_ClosesTheSession()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("1");
        await socket.AssertClosesAsync();
    }

    [Fact]
    public async Task Upgrade_ProbedAndConfirmed_MovesTheSessionToWebSocket()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await host.PollAsync(sid)).AssertBody(200, "6");
        await socket.SendTextAsync("5");
        await socket.AssertEchoesAsync();
    }

    [Fact]
    public async Task Upgrade_LaterPollWithTheSameSid_IsRefused()
    {
        await using var host = await StartAsync();
        var (sid, socket) = await host.UpgradeAsync(4);
        using (socket)
        {
            await socket.AssertEchoesAsync();
            Assert.Equal(400, (await host.PollAsync(sid)).StatusCode);
            await socket.AssertEchoesAsync();
        }
    }

    [Fact]
    public async Task Upgrade_LaterWebSocketWithTheSameSid_IsClosed()
    {
        await using var host = await StartAsync();
        var (sid, socket) = await host.UpgradeAsync(4);
        using (socket)
        {
            using var second = await host.ConnectWebSocketAsync(sid);
            await second.AssertClosesAsync();
            await socket.AssertEchoesAsync();
        }
    }
}
