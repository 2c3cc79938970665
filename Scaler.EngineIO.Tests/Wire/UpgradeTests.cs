using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Wire;

public sealed class UpgradeTests
{
    [Fact]
    public async Task Upgrade_WhenProbedAndConfirmed_MovesTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var upgraded = new TaskCompletionSource<EngineSession>();
        session.Upgraded += upgraded.SetResult;
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await host.PollAsync(sid)).AssertBody(200, "6");
        await socket.SendTextAsync("5");
        await socket.SendTextAsync("4hello");
        Assert.Equal("4hello", await socket.ReadTextAsync());
        Assert.Same(session, await upgraded.Task.WithTimeout());
        Assert.Equal(EngineTransport.WebSocket, session.Transport);
    }

    [Fact]
    public async Task Polls_DuringAProbe_AreCompletedWithANoop()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var held = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await held).AssertBody(200, "6");
        for (var count = 0; count < 3; count++)
        {
            (await host.PollAsync(sid)).AssertBody(200, "6");
        }
    }

    [Fact]
    public async Task HeldPoll_WhenTheUpgradeIsConfirmed_IsCompletedWithANoop()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var held = await host.HoldPollAsync(session, sid);
        using var socket = await host.ConnectWebSocketAsync(sid);
        await session.WaitForUpgradeAsync();
        // The client confirms without a probe, so the server still holds the poll request.
        await socket.SendTextAsync("5");
        (await held).AssertBody(200, "6");
        await socket.SendTextAsync("4a");
        Assert.Equal("4a", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task QueuedMessages_AfterTheUpgrade_AreSentOverTheWebSocketInOrder()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        for (var index = 0; index < 100; index++)
        {
            await session.SendAsync("q" + index);
        }

        // The client sends its queued messages in the same TCP segment as the confirmation.
        await socket.SendAsync([.. RawWebSocket.BuildTextFrame("5"), .. RawWebSocket.BuildTextFrame("4new"), .. RawWebSocket.BuildTextFrame("4er")]);
        for (var index = 0; index < 100; index++)
        {
            Assert.Equal("4q" + index, await socket.ReadTextAsync());
        }

        Assert.Equal("4new", await socket.ReadTextAsync());
        Assert.Equal("4er", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task Messages_DuringAProbe_AreSentOverPolling()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await host.PostAsync(sid, "4during")).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4during");
    }

    [Theory]
    [InlineData("4early")]
    [InlineData("2prob")]
    [InlineData("2")]
    [InlineData("x")]
    [InlineData("")]
    public async Task UnexpectedPacket_BeforeTheConfirmation_ClosesOnlyTheProbe(string packet)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        using (var socket = await host.ConnectWebSocketAsync(sid))
        {
            await socket.SendTextAsync(packet);
            Assert.Equal(4400, (await socket.ReadCloseAsync()).Code);
            await socket.CompleteCloseAsync();
        }

        await AssertPollingWorksAsync(host, sid);
        // A later attempt may succeed.
        using var again = await host.ConnectWebSocketAsync(sid);
        await again.SendAsync([.. RawWebSocket.BuildTextFrame("2probe"), .. RawWebSocket.BuildTextFrame("5"), .. RawWebSocket.BuildTextFrame("4a")]);
        Assert.Equal("3probe", await again.ReadTextAsync());
        Assert.Equal("4a", await again.ReadTextAsync());
    }

    /// <summary>CVE-2022-41940: a connection reset during an upgrade crashed the server.</summary>
    [Fact]
    public async Task Cve202241940_ConnectionResetDuringAnUpgrade_LeavesPollingAlive()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        socket.Connection.Reset();
        await EngineSessionExtensions.WaitUntilAsync(() => !session.IsUpgrading, "the server to drop the upgrade attempt");
        await AssertPollingWorksAsync(host, sid);
    }

    /// <summary>CVE-2022-21676: an invalid WebSocket frame before the session existed crashed the server.</summary>
    [Fact]
    public async Task Cve202221676_InvalidFrameBeforeTheSessionExists_ClosesOnlyThatConnection()
    {
        await using var host = await EngineTestHost.StartAsync();
        using (var socket = await RawWebSocket.RequestAsync(
            host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"), RawWebSocket.BuildFrame(3, "x"u8, masked: false)))
        {
            Assert.StartsWith("HTTP/1.1 101 ", socket.ResponseHeaders, StringComparison.Ordinal);
            Assert.StartsWith("0{", await socket.ReadTextAsync(), StringComparison.Ordinal);
            Assert.Equal(1002, (await socket.ReadCloseAsync()).Code);
        }

        var sid = await host.OpenPollingAsync();
        using (var probe = await RawWebSocket.RequestAsync(
            host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket&sid=" + sid), RawWebSocket.BuildFrame(3, "x"u8, masked: false)))
        {
            Assert.Equal(1002, (await probe.ReadCloseAsync()).Code);
        }

        await AssertPollingWorksAsync(host, sid);
    }

    [Fact]
    public async Task Upgrade_WhenNeverConfirmed_TimesOutAndKeepsPolling()
    {
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(null, null, time);
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var silent = await host.ConnectWebSocketAsync(sid);
        await session.WaitForUpgradeAsync();
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.True(session.IsUpgrading);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal((4504, "upgrade timeout"), await silent.ReadCloseAsync());
        await silent.CompleteCloseAsync();
        await AssertPollingWorksAsync(host, sid);
    }

    [Fact]
    public async Task SecondWebSocket_DuringAProbe_IsClosedAndKeepsTheFirst()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        using var first = await host.ConnectWebSocketAsync(sid);
        await first.SendTextAsync("2probe");
        Assert.Equal("3probe", await first.ReadTextAsync());
        using var second = await host.ConnectWebSocketAsync(sid);
        Assert.Equal(4409, (await second.ReadCloseAsync()).Code);
        await first.SendTextAsync("5");
        await first.SendTextAsync("4a");
        Assert.Equal("4a", await first.ReadTextAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SecondWebSocket_OfAWebSocketSession_IsClosedAndKeepsTheFirst(bool upgraded)
    {
        await using var host = await EngineTestHost.StartAsync();
        RawWebSocket first;
        if (upgraded)
        {
            first = (await host.OpenUpgradedAsync()).Socket;
        }
        else
        {
            first = await host.OpenWebSocketAsync();
        }

        using (first)
        {
            using var second = await host.ConnectWebSocketAsync((await host.Handler.WaitForOpenedAsync()).Id);
            Assert.Equal(4409, (await second.ReadCloseAsync()).Code);
            await first.SendTextAsync("4a");
            Assert.Equal("4a", await first.ReadTextAsync());
        }
    }

    [Fact]
    public async Task SessionClose_DuringAProbe_ClosesTheWebSocket()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await host.PostAsync(sid, "1")).AssertBody(200, "ok");
        Assert.Equal(1000, (await socket.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task ConcurrentPolls_DuringAProbe_CloseTheSession()
    {
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(null, null, time);
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await host.PollAsync(sid)).AssertBody(200, "6");
        // The server holds the next poll request for the rest of the noop interval, and the fake time does not advance.
        var held = await host.HoldPollAsync(session, sid);
        (await host.PollAsync(sid)).AssertBody(400, "");
        (await held).AssertBody(200, "1");
        Assert.Equal(1002, (await socket.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task Ping_DueDuringAProbe_IsSentAfterTheUpgrade()
    {
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(options => options.UpgradeTimeout = TimeSpan.FromMinutes(5), null, time);
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        time.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(1, session.QueuedPackets);
        await socket.SendTextAsync("5");
        Assert.Equal("2", await socket.ReadTextAsync());
        await socket.SendTextAsync("3");
        await socket.SendTextAsync("4a");
        Assert.Equal("4a", await socket.ReadTextAsync());
        time.Advance(TimeSpan.FromSeconds(24));
        Assert.Equal(EngineSessionState.Open, session.State);
    }

    [Fact]
    public async Task SendAsync_ConcurrentWithQueueDrain_DeliversEveryMessage()
    {
        await using var host = await EngineTestHost.StartAsync(null, new EngineTestHandler { Message = static (_, _, _) => default });
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        const int Senders = 4;
        const int Each = 5_000;
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var index = 0; index < Each; index++)
            {
                await session.SendAsync($"{sender}:{index}");
            }
        })).ToArray();
        var next = new int[Senders];
        for (var count = 0; count < Senders * Each; count++)
        {
            var text = await socket.ReadTextAsync();
            var sender = text[1] - '0';
            Assert.Equal($"4{sender}:{next[sender]++}", text);
        }

        await Task.WhenAll(senders).WithTimeout();
    }

    private static async Task AssertPollingWorksAsync(EngineTestHost host, string sid)
    {
        (await host.PostAsync(sid, "4still open")).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4still open");
    }
}
