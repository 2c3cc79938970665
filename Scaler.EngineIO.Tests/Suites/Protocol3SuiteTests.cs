using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Suites;

/// <summary>
/// Tests the 24 rows of the official suite of protocol 3, one test per row
/// (socketio/socket.io, docs/engine.io-protocol/v3-test-suite), and the canceled poll of protocol 4. The suite itself skips
/// the duplicate poll. The clock is fake, so no row depends on the machine.
/// </summary>
public sealed class Protocol3SuiteTests
{
    private readonly FakeTimeProvider _time = new();

    private Task<EngineTestHost> StartAsync() => SuiteHost.StartAsync(3, _time);

    [Fact]
    public async Task PollingHandshake_ValidRequest_OpensASession()
    {
        await using var host = await StartAsync();
        var response = await host.GetAsync("?EIO=3&transport=polling");
        Assert.Equal(200, response.StatusCode);
        var colon = response.Text.IndexOf(':', StringComparison.Ordinal);
        var (length, packet) = (response.Text[..colon], response.Text[(colon + 1)..]);
        Assert.Equal($"{packet.Length}", length);
        SuiteHost.AssertOpenPacket(packet, "websocket");
    }

    [Fact]
    public async Task PollingHandshake_InvalidTransport_Fails()
    {
        await using var host = await StartAsync();
        Assert.Equal(400, (await host.GetAsync("?EIO=3")).StatusCode);
        Assert.Equal(400, (await host.GetAsync("?EIO=3&transport=abc")).StatusCode);
    }

    [Fact]
    public async Task PollingHandshake_InvalidMethod_Fails()
    {
        await using var host = await StartAsync();
        Assert.Equal(400, (await host.SendAsync(HttpMethod.Post, "?EIO=3&transport=polling", null, null)).StatusCode);
        Assert.Equal(400, (await host.SendAsync(HttpMethod.Put, "?EIO=3&transport=polling", null, null)).StatusCode);
    }

    [Fact]
    public async Task WebSocketHandshake_ValidRequest_OpensASession()
    {
        await using var host = await StartAsync();
        using var socket = await host.ConnectWebSocketAsync(version: 3);
        SuiteHost.AssertOpenPacket(await socket.ReadTextAsync());
    }

    [Fact]
    public async Task WebSocketHandshake_InvalidVersion_Fails()
    {
        await using var host = await StartAsync();
        // The suite does not await its WebSocket without EIO, which is a protocol 3 client at the reference.
        await host.AssertRefusesWebSocketAsync("?EIO=abc&transport=websocket");
    }

    [Fact]
    public async Task WebSocketHandshake_InvalidTransport_Fails()
    {
        await using var host = await StartAsync();
        await host.AssertRefusesWebSocketAsync("?EIO=3");
        await host.AssertRefusesWebSocketAsync("?EIO=3&transport=abc");
    }

    [Fact]
    public async Task PollingMessage_OneTextPacket_IsEchoed()
    {
        await using var host = await StartAsync();
        const string Payload = "6:4hello";
        Assert.Equal(Payload, (await host.EchoAsync(3, Payload, "&b64=1")).Text);
    }

    [Fact]
    public async Task PollingMessage_SeveralTextPackets_AreEchoed()
    {
        await using var host = await StartAsync();
        const string Payload = "4:4one4:4two6:4three";
        Assert.Equal(Payload, (await host.EchoAsync(3, Payload, "&b64=1")).Text);
    }

    [Fact]
    public async Task PollingMessage_TextAndBase64Packets_AreEchoed()
    {
        await using var host = await StartAsync();
        const string Payload = "6:4hello10:b4AQIDBA==";
        Assert.Equal(Payload, (await host.EchoAsync(3, Payload, "&b64=1")).Text);
    }

    [Fact]
    public async Task PollingMessage_TextAndBinaryPackets_AreEchoedAsABinaryPayload()
    {
        await using var host = await StartAsync();
        var echo = await host.EchoAsync(3, "6:4hello10:b4AQIDBA==");
        Assert.Equal([0, 6, 255, .. "4hello"u8, 1, 5, 255, 4, 1, 2, 3, 4], echo.Bytes);
    }

    [Fact]
    public async Task PollingMessage_InvalidPacket_ClosesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        Assert.Equal(400, (await host.PostAsync(sid, "abc", 3)).StatusCode);
        await host.AssertUnknownAsync(sid, 3);
    }

    [Fact]
    public async Task PollingMessage_DuplicatePoll_ClosesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        var first = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        Assert.Equal(400, (await host.PollAsync(sid, 3, "&t=burst")).StatusCode);
        (await first).AssertBody(200, "1:1");
        await host.AssertUnknownAsync(sid, 3);
    }

    [Fact]
    public async Task PollingMessage_CanceledPoll_ClosesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        var session = await host.Handler.WaitForOpenedAsync();
        using var cancellation = new CancellationTokenSource();
        var poll = host.Client.GetAsync(
            new Uri($"/engine.io/?EIO=3&transport=polling&sid={sid}", UriKind.Relative), cancellation.Token);
        await session.WaitForHeldPollAsync();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        // The next poll either arrives after the disconnect, or is the second poll of the session.
        Assert.Equal(400, (await host.PollAsync(sid, 3)).StatusCode);
        await host.Handler.WaitForClosedAsync();
        await host.AssertUnknownAsync(sid, 3);
        Assert.Equal(0, host.Server.Count);
    }

    [Fact]
    public async Task WebSocketMessage_TextPacket_IsEchoed()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync(3);
        await socket.AssertEchoesAsync();
    }

    [Fact]
    public async Task WebSocketMessage_BinaryPacket_IsEchoed()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync(3);
        await socket.SendBinaryAsync([4, 1, 2, 3, 4]);
        Assert.Equal([4, 1, 2, 3, 4], await socket.ReadBinaryAsync());
    }

    [Fact]
    public async Task WebSocketMessage_InvalidPacket_ClosesTheSession()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync(3);
        await socket.SendTextAsync("abc");
        await socket.AssertClosesAsync();
    }

    [Fact]
    public async Task PollingHeartbeat_PingAndPong_KeepTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        for (var count = 0; count < 3; count++)
        {
            _time.Advance(SuiteHost.PingInterval);
            Assert.Equal(200, (await host.PostAsync(sid, "1:2", 3)).StatusCode);
            (await host.PollAsync(sid, 3)).AssertBody(200, "1:3");
        }
    }

    [Fact]
    public async Task PollingHeartbeat_WithoutAPing_ClosesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        _time.Advance(SuiteHost.PingInterval + SuiteHost.PingTimeout);
        Assert.Equal(400, (await host.PostAsync(sid, "1:2", 3)).StatusCode);
    }

    [Fact]
    public async Task WebSocketHeartbeat_PingAndPong_KeepTheSession()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync(3);
        for (var count = 0; count < 3; count++)
        {
            _time.Advance(SuiteHost.PingInterval);
            await socket.SendTextAsync("2");
            Assert.Equal("3", await socket.ReadTextAsync());
        }
    }

    [Fact]
    public async Task WebSocketHeartbeat_WithoutAPing_ClosesTheSession()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync(3);
        await host.Handler.WaitForOpenedAsync();
        _time.Advance(SuiteHost.PingInterval + SuiteHost.PingTimeout);
        await socket.AssertClosesAsync();
    }

    [Fact]
    public async Task PollingClose_ByTheClient_CompletesTheHeldPoll()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        var poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        Assert.Equal(200, (await host.PostAsync(sid, "1:1", 3)).StatusCode);
        (await poll).AssertBody(200, "1:6");
        await host.AssertUnknownAsync(sid, 3);
    }

    [Fact]
    public async Task WebSocketClose_ByTheClient_ClosesTheSession()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync(3);
        await socket.SendTextAsync("1");
        await socket.AssertClosesAsync();
    }

    [Fact]
    public async Task Upgrade_ProbedAndConfirmed_MovesTheSessionToWebSocket()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        using var socket = await host.ConnectWebSocketAsync(sid, 3);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await host.PollAsync(sid, 3)).AssertBody(200, "1:6");
        await socket.SendTextAsync("5");
        await socket.AssertEchoesAsync();
    }

    [Fact]
    public async Task Upgrade_LaterPollWithTheSameSid_IsRefused()
    {
        await using var host = await StartAsync();
        var (sid, socket) = await host.UpgradeAsync(3);
        using (socket)
        {
            await socket.AssertEchoesAsync();
            Assert.Equal(400, (await host.PollAsync(sid, 3)).StatusCode);
            await socket.AssertEchoesAsync();
        }
    }

    [Fact]
    public async Task Upgrade_LaterWebSocketWithTheSameSid_IsClosed()
    {
        await using var host = await StartAsync();
        var (sid, socket) = await host.UpgradeAsync(3);
        using (socket)
        {
            using var second = await host.ConnectWebSocketAsync(sid, 3);
            await second.AssertClosesAsync();
            await socket.AssertEchoesAsync();
        }
    }
}
