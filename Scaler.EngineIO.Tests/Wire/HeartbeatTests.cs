using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Wire;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _time = new();

    private Task<EngineTestHost> StartAsync(bool v3 = false) => EngineTestHost.StartAsync(options => options.AllowV3 = v3, null, _time);

    [Fact]
    public async Task Ping_AfterTheHandshakeAndAfterEachPong_IsSentOneIntervalLater()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var heartbeats = new SemaphoreSlim(0);
        session.Heartbeat += _ => heartbeats.Release();
        for (var count = 0; count < 3; count++)
        {
            _time.Advance(Interval);
            Assert.Equal("2", await socket.ReadTextAsync());
            // The rate is not fixed: the interval starts when the pong arrives.
            _time.Advance(TimeSpan.FromSeconds(5));
            await socket.SendTextAsync("3");
            await heartbeats.WaitAsync().WithTimeout();
            Assert.Equal(_time.GetUtcNow(), session.LastSeen);
        }
    }

    [Fact]
    public async Task EarlyPong_RestartsTheInterval()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var heartbeats = new SemaphoreSlim(0);
        session.Heartbeat += _ => heartbeats.Release();
        _time.Advance(Interval - Margin);
        await socket.SendTextAsync("3");
        await heartbeats.WaitAsync().WithTimeout();
        _time.Advance(Interval - Margin);
        await socket.SendTextAsync("4no ping yet");
        Assert.Equal("4no ping yet", await socket.ReadTextAsync());
        _time.Advance(Margin);
        Assert.Equal("2", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task PingTimeout_OverWebSocket_ClosesWithCodeAndReason()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        _time.Advance(Interval);
        Assert.Equal("2", await socket.ReadTextAsync());
        _time.Advance(Timeout + Margin);
        Assert.Equal((4408, "ping timeout"), await socket.ReadCloseAsync());
        Assert.Equal(EngineCloseReason.PingTimeout, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task PingTimeout_WithAHeldPoll_RespondsWithAClosePacket()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        _time.Advance(Interval);
        (await host.PollAsync(sid)).AssertBody(200, "2");
        var poll = await host.HoldPollAsync(session, sid);
        _time.Advance(Timeout + Margin);
        (await poll).AssertBody(200, "1");
        Assert.Equal(EngineCloseReason.PingTimeout, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task Ping_WithoutAHeldPoll_IsQueuedForTheNextPoll()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        _time.Advance(Interval + TimeSpan.FromSeconds(10));
        (await host.PollAsync(sid)).AssertBody(200, "2");
        (await host.PostAsync(sid, "3")).AssertBody(200, "ok");
    }

    [Fact]
    public async Task PingTimeout_WithoutAHeldPoll_RemovesTheSession()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        _time.Advance(Interval);
        _time.Advance(Timeout);
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
        Assert.Equal(EngineCloseReason.PingTimeout, await host.Handler.WaitForClosedAsync());
        Assert.Equal(0, host.Server.Count);
    }

    [Fact]
    public async Task Messages_WithoutAPong_KeepASessionAliveForAtMostTwiceTheTimeout()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        _time.Advance(Interval);
        for (var second = 0; second < 38; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            (await host.PostAsync(sid, "4a")).AssertBody(200, "ok");
            Assert.Equal(200, (await host.PollAsync(sid)).StatusCode);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        (await host.PostAsync(sid, "4a")).AssertError(400, 1, "Session ID unknown");
        Assert.Equal(EngineCloseReason.PingTimeout, await host.Handler.WaitForClosedAsync());
    }

    [Theory]
    [InlineData("4a")]
    [InlineData("6")]
    public async Task Packet_WhileAPongIsAwaited_StartsTheTimeoutAgain(string packet)
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        _time.Advance(Interval);
        _time.Advance(Timeout - Margin);
        (await host.PostAsync(sid, packet)).AssertBody(200, "ok");
        _time.Advance(Timeout - Margin);
        (await host.PostAsync(sid, "3")).AssertBody(200, "ok");
        _time.Advance(Interval - Margin);
        Assert.Equal(1, host.Server.Count);
    }

    [Fact]
    public async Task Packet_WhileAPongIsAwaited_DoesNotDelayTheTimeoutOfASilentClientFurther()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        _time.Advance(Interval);
        Assert.Equal("2", await socket.ReadTextAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        await socket.SendTextAsync("4a");
        Assert.Equal("4a", await socket.ReadTextAsync());
        _time.Advance(Timeout + Margin);
        Assert.Equal((4408, "ping timeout"), await socket.ReadCloseAsync());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Handler_ThatRunsLongerThanTheHeartbeat_DoesNotCloseItsClient(int version)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new EngineTestHandler
        {
            Message = async (session, _, token) =>
            {
                entered.TrySetResult();
                await release.Task;
                await session.SendAsync("done", cancellationToken: token);
            },
        };
        await using var host = await EngineTestHost.StartAsync(static options => options.AllowV3 = true, handler, _time);
        using var socket = await host.OpenWebSocketAsync(version);
        var session = await handler.WaitForOpenedAsync();
        var heartbeats = new SemaphoreSlim(0);
        session.Heartbeat += _ => heartbeats.Release();
        await socket.SendTextAsync("4work");
        await entered.Task.WithTimeout();
        // The client's heartbeat is not read before the handler has finished.
        await socket.SendTextAsync(version == 4 ? "3" : "2");
        for (var minute = 0; minute < 5; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        release.SetResult();
        Assert.Equal(version == 4 ? "2" : "4done", await socket.ReadTextAsync());
        Assert.Equal(version == 4 ? "4done" : "3", await socket.ReadTextAsync());
        await heartbeats.WaitAsync().WithTimeout();
        Assert.Equal(EngineSessionState.Open, session.State);
    }

    [Fact]
    public async Task Handler_ThatRunsLongerThanTheHeartbeat_StartsTheTimeoutAgainWhenItEnds()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new EngineTestHandler
        {
            Message = (_, _, _) =>
            {
                entered.TrySetResult();
                return new ValueTask(release.Task);
            },
        };
        await using var host = await EngineTestHost.StartAsync(null, handler, _time);
        var sid = await host.OpenPollingAsync();
        var post = host.PostAsync(sid, "4work");
        await entered.Task.WithTimeout();
        _time.Advance(Interval);
        _time.Advance(Timeout + Timeout);
        (await host.PollAsync(sid)).AssertBody(200, "2");
        release.SetResult();
        (await post).AssertBody(200, "ok");
        _time.Advance(Timeout - Margin);
        Assert.Equal(1, host.Server.Count);
        _time.Advance(Margin + Margin);
        Assert.Equal(EngineCloseReason.PingTimeout, await handler.WaitForClosedAsync());
    }

    /// <summary>
    /// In the second case, the deadline of the body expires in the moment in which the ping timeout aborts the POST.
    /// </summary>
    [Theory]
    [InlineData(120)]
    [InlineData(45)]
    public async Task SlowRequestBody_DoesNotKeepASessionAlive(int bodyTimeout)
    {
        await using var host = await EngineTestHost.StartAsync(
            options => options.RequestBodyTimeout = TimeSpan.FromSeconds(bodyTimeout), null, _time);
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync($"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n4");
        await session.WaitForPostAsync();
        _time.Advance(Interval);
        await connection.SendAsync("x");
        _time.Advance(Timeout + Margin);
        Assert.Equal(EngineCloseReason.PingTimeout, await host.Handler.WaitForClosedAsync());
        Assert.DoesNotContain(" 200 ", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClosePacket_WithoutAHeldPoll_IsKeptFor30Seconds()
    {
        await using var host = await StartAsync();
        var (early, late) = (await host.OpenPollingAsync(), await host.OpenPollingAsync());
        foreach (var session in host.Server.Sessions.ToList())
        {
            await session.CloseAsync().AsTask().WithTimeout();
        }

        _time.Advance(TimeSpan.FromSeconds(29));
        (await host.PollAsync(early)).AssertBody(200, "6\x1e" + "1");
        _time.Advance(TimeSpan.FromSeconds(2));
        (await host.PollAsync(late)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task Pings_OfManySessions_AreAllSent()
    {
        await using var host = await StartAsync();
        var sids = new List<string>();
        for (var count = 0; count < 50; count++)
        {
            sids.Add(await host.OpenPollingAsync());
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        _time.Advance(Interval);
        Assert.All(host.Server.Sessions, static session => Assert.Equal(1, session.QueuedPackets));
        foreach (var sid in sids)
        {
            (await host.PollAsync(sid)).AssertBody(200, "2");
        }
    }

    [Fact]
    public async Task Protocol3_ClientPings_AreAnsweredAndTheServerSendsNone()
    {
        await using var host = await StartAsync(v3: true);
        using var socket = await host.OpenWebSocketAsync(3);
        for (var count = 0; count < 3; count++)
        {
            _time.Advance(Interval + Timeout - Margin);
            await socket.SendTextAsync("2");
            Assert.Equal("3", await socket.ReadTextAsync());
        }

        _time.Advance(Interval + Timeout + Margin);
        Assert.Equal((4408, "ping timeout"), await socket.ReadCloseAsync());
    }

    [Fact]
    public async Task Protocol3_PongFromClient_ClosesTheSession()
    {
        await using var host = await StartAsync(v3: true);
        using var socket = await host.OpenWebSocketAsync(3);
        await socket.SendTextAsync("3");
        Assert.Equal((4400, "invalid packet"), await socket.ReadCloseAsync());
    }
}
