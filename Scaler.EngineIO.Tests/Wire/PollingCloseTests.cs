using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Wire;

/// <summary>Tests the end of polling sessions and the responses that their clients receive.</summary>
public sealed class PollingCloseTests
{
    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("7")]
    [InlineData("4a\x1e")]
    [InlineData("\x1e" + "4a")]
    [InlineData("4a\x1e\x1e" + "4b")]
    public async Task InvalidPayload_IsRefusedWithCode3AndClosesTheSession(string payload)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, payload)).AssertError(400, 3, "Bad request");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task InvalidPayload_PacketsBeforeTheError_AreDelivered()
    {
        await using var host = await EngineTestHost.StartAsync();
        await host.PostAsync(await host.OpenPollingAsync(), "4first\x1e" + "x\x1e" + "4last");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
        Assert.Equal(["first"], host.Handler.Messages);
    }

    [Fact]
    public async Task InvalidPayload_WithAHeldPoll_RespondsWithAClosePacket()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        await host.PostAsync(sid, "abc");
        (await poll).AssertBody(200, "1");
    }

    [Theory]
    [InlineData("2")]
    [InlineData("2probe")]
    public async Task ClientPing_IsAnsweredOkAndClosesTheSession(string payload)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, payload)).AssertBody(200, "ok");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task ClientClose_WithAHeldPoll_RespondsWithANoop()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        (await host.PostAsync(sid, "1")).AssertBody(200, "ok");
        (await poll).AssertBody(200, "6");
        Assert.Equal(EngineCloseReason.ClientClose, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task ClientClose_WithoutAHeldPoll_RemovesTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, "4a\x1e" + "1\x1e" + "4b")).AssertBody(200, "ok");
        Assert.Equal(EngineCloseReason.ClientClose, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
        Assert.Equal(["a"], host.Handler.Messages);
        Assert.Equal(0, host.Server.Count);
    }

    [Fact]
    public async Task OctetStream_InProtocol4_IsRefusedAndClosesTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, "4a", contentType: "application/octet-stream")).AssertBody(400, "");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task SecondPoll_WhileTheFirstIsHeld_ClosesTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var first = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        (await host.PollAsync(sid)).AssertBody(400, "");
        (await first).AssertBody(200, "1");
        Assert.Equal(EngineCloseReason.TransportError, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task SecondPost_WhileTheFirstIsBeingRead_ClosesTheSessionAndAbortsTheFirst()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var first = await RawConnection.ConnectAsync(host.Port);
        await StartPostAsync(first, session, "4hal");
        (await host.PostAsync(sid, "4b")).AssertBody(400, "");
        Assert.Equal(EngineCloseReason.TransportError, await host.Handler.WaitForClosedAsync());
        Assert.DoesNotContain(" 200 ", await first.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Handler.Messages);
    }

    [Theory]
    [InlineData("4a\u001e1", 200, "4a")]
    [InlineData("4a\u001e4b\u001e1\u001e4c", 200, "4a\u001e4b")]
    [InlineData("1\u001e4a", 200, "6")]
    [InlineData("4a\u001e9", 400, "4a\u001e1")]
    [InlineData("4a\u001e2", 400, "4a\u001e1")]
    [InlineData("4a\u001e", 400, "4a\u001e1")]
    public async Task Payload_ThatEndsTheSession_DeliversTheAnswersBeforeItToTheHeldPoll(string payload, int status, string expected)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        var post = await host.PostAsync(sid, payload);
        // "2" is a ping in the wrong direction, which is a valid packet.
        Assert.Equal(payload.EndsWith('2') ? 200 : status, post.StatusCode);
        (await poll).AssertBody(200, expected);
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task ClosePacket_BeforeTheLastPollArrives_DeliversTheAnswersToThatPoll()
    {
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(null, null, time);
        var sid = await host.OpenPollingAsync();
        var post = host.PostAsync(sid, "4a\u001e1");
        Assert.Equal(EngineCloseReason.ClientClose, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertBody(200, "4a");
        (await post).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Theory]
    [InlineData("1", 1000)]
    [InlineData("9", 4400)]
    public async Task WebSocketPacket_ThatEndsTheSession_FollowsTheAnswersBeforeIt(string last, int code)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendAsync(
            [.. RawWebSocket.BuildFrame(1, "4a"u8.ToArray()), .. RawWebSocket.BuildFrame(1, Encoding.UTF8.GetBytes(last))]);
        Assert.Equal("4a", await socket.ReadTextAsync());
        Assert.Equal(code, (await socket.ReadCloseAsync()).Item1);
    }

    [Fact]
    public async Task HeldPoll_WhenTheClientDisconnects_ClosesTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync($"GET /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\n\r\n");
        await session.WaitForHeldPollAsync();
        connection.Dispose();
        Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task Post_WhenTheClientDisconnectsDuringTheBody_ClosesTheSessionAndDeliversNothing()
    {
        await using var host = await EngineTestHost.StartAsync();
        await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await StartPostAsync(connection, session, "4hal");
        connection.Dispose();
        Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
        Assert.Empty(host.Handler.Messages);
    }

    [Fact]
    public async Task ServerClose_WithAHeldPoll_RespondsWithAClosePacket()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var poll = await host.HoldPollAsync(session, sid);
        await session.CloseAsync().AsTask().WithTimeout();
        (await poll).AssertBody(200, "1");
        Assert.Equal(EngineCloseReason.ServerClose, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task ServerClose_AfterAMessageLargerThanOnePayload_SendsEverythingToTheHeldPoll()
    {
        var large = new string('x', 2000);
        await using var host = await EngineTestHost.StartAsync(static options => options.MaxPayload = 1000, new EngineTestHandler
        {
            Message = async (session, _, token) =>
            {
                await session.SendAsync("small", cancellationToken: token);
                await session.SendAsync(large, cancellationToken: token);
                await session.CloseAsync();
            },
        });
        var sid = await host.OpenPollingAsync();
        var poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        (await host.PostAsync(sid, "4go")).AssertBody(200, "ok");
        (await poll).AssertBody(200, "4small\x1e" + "4" + large + "\x1e" + "1");
    }

    [Fact]
    public async Task ServerClose_WithoutAHeldPoll_SendsTheQueueThenTheClosePacketToLaterPolls()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync("last message");
        await session.CloseAsync().AsTask().WithTimeout();
        Assert.Equal(EngineCloseReason.ServerClose, await host.Handler.WaitForClosedAsync());
        Assert.Equal(0, host.Server.Count);
        Assert.False(host.Server.TryGetSession(sid, out _));
        (await host.PostAsync(sid, "4late")).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4last message");
        (await host.PollAsync(sid)).AssertBody(200, "6\x1e" + "1");
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
        Assert.Empty(host.Handler.Messages);
        Assert.Equal(EngineSendOutcome.Closed, await session.SendAsync("too late"));
    }

    [Fact]
    public async Task OnMessage_WhenItThrows_ClosesOnlyThatSession()
    {
        var handler = new EngineTestHandler
        {
            Message = static (session, message, token) => message.ToString() == "bug"
                ? throw new InvalidOperationException("a bug")
                : new ValueTask(session.SendAsync("fine", cancellationToken: token).AsTask()),
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        host.AllowsErrors = true;
        var (bad, good) = (await host.OpenPollingAsync(), await host.OpenPollingAsync());
        (await host.PostAsync(bad, "4bug")).AssertBody(200, "ok");
        Assert.Equal(EngineCloseReason.HandlerError, await handler.WaitForClosedAsync());
        (await host.PollAsync(bad)).AssertBody(200, "6\x1e" + "1");
        await host.PostAsync(good, "4a");
        (await host.PollAsync(good)).AssertBody(200, "4fine");
    }

    [Fact]
    public async Task OnClosed_AfterSeveralCloses_IsCalledOnceAfterTheLastMessage()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource<EngineSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new EngineTestHandler
        {
            Message = async (session, _, cancellationToken) =>
            {
                using var registration = cancellationToken.Register(() => release.TrySetResult());
                entered.TrySetResult(session);
                await release.Task;
                Assert.Empty(((EngineTestHandler)session.Items["handler"]!).ClosedCallCounts);
            },
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        var sid = await host.OpenPollingAsync();
        (await handler.WaitForOpenedAsync()).Items["handler"] = handler;
        var post = host.PostAsync(sid, "4a\x1e" + "4b");
        var session = await entered.Task.WithTimeout();
        await session.CloseAsync().AsTask().WithTimeout();
        await session.CloseAsync(EngineCloseReason.Forbidden).AsTask().WithTimeout();
        Assert.Equal(EngineCloseReason.ServerClose, await handler.WaitForClosedAsync());
        (await post).AssertBody(200, "ok");
        Assert.Equal(1, handler.ClosedCallCounts[session]);
        Assert.Equal(["a"], handler.Messages);
        Assert.True(session.ClosedToken.IsCancellationRequested);
    }

    private static async Task StartPostAsync(RawConnection connection, EngineSession session, string body)
    {
        await connection.SendAsync(
            $"POST /engine.io/?EIO=4&transport=polling&sid={session.Id} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{body}");
        await session.WaitForPostAsync();
    }
}
