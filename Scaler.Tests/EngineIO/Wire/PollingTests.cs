using System.Text;
using Scaler.EngineIO;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Wire;

public sealed class PollingTests
{
    [Fact]
    public async Task Post_ThatIsAccepted_IsAnsweredOk()
    {
        await using var host = await EngineTestHost.StartAsync();
        var answer = await host.PostAsync(await host.OpenAsync(), "4hello");
        answer.Is(200, "ok");
        Assert.Equal("text/html", answer.Header("Content-Type"));
        Assert.Equal("2", answer.Header("Content-Length"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Theory]
    [InlineData("4hello")]
    [InlineData("4")]
    [InlineData("b")]
    [InlineData("bAQIDBA==")]
    [InlineData("b4AQIDBA=")]
    [InlineData("4test1\x1e" + "4test2\x1e" + "bAQIDBA==\x1e" + "4\x1e" + "4€ 😀 \u2028")]
    public async Task Payload_OfMessages_IsEchoedInOrder(string payload)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, payload)).Is(200, "ok");
        var answer = await host.PollAsync(sid);
        answer.Is(200, payload == "b4AQIDBA=" ? "b4AQIDBA=" : payload);
        Assert.Equal("text/plain; charset=UTF-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Fact]
    public async Task Message_ThatIsSentWhileAPollIsHeld_ReleasesIt()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var session = await host.Handler.NextOpened();
        var poll = await HoldAsync(host, session, sid);
        await session.SendAsync("one");
        (await poll).Is(200, "4one");
    }

    [Fact]
    public async Task Payload_BehindAParkedPoll_KeepsItsSeparators()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var poll = await HoldAsync(host, await host.Handler.NextOpened(), sid);
        await host.PostAsync(sid, "4a\x1e" + "4b\x1e" + "4c");
        (await poll).Is(200, "4a\x1e" + "4b\x1e" + "4c");
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain;charset=iso-8859-1")]
    [InlineData("application/json")]
    public async Task Body_IsUtf8WhateverItsContentType(string contentType)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, "4d=é%20+€\uFEFF", contentType: contentType)).Is(200, "ok");
        (await host.PollAsync(sid)).Is(200, "4d=é%20+€\uFEFF");
    }

    [Fact]
    public async Task Body_WhoseChunksSplitCharacters_IsPutTogether()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync($"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var value in Encoding.UTF8.GetBytes("4€😀"))
        {
            await connection.SendAsync((byte[])[(byte)'1', 13, 10, value, 13, 10]);
        }

        await connection.SendAsync("0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await connection.ReadHeadAsync(), StringComparison.Ordinal);
        (await host.PollAsync(sid)).Is(200, "4€😀");
    }

    [Fact]
    public async Task Body_OfInvalidUtf8_IsReadWithReplacements()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, [(byte)'4', 0xFF, (byte)'a', 0xC3])).Is(200, "ok");
        (await host.PollAsync(sid)).Is(200, "4\uFFFDa\uFFFD");
    }

    [Theory]
    [InlineData("bAQIDBA", "bAQIDBA==")]
    [InlineData("bAQ IDBA==", "bAQIDBA==")]
    [InlineData("b-_8=", "b+/8=")]
    [InlineData("b!!!", "b")]
    public async Task Base64_IsReadLeniently(string sent, string received)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, sent)).Is(200, "ok");
        (await host.PollAsync(sid)).Is(200, received);
    }

    [Theory]
    [InlineData("0{}\x1e" + "4a")]
    [InlineData("5\x1e" + "4a")]
    [InlineData("6\x1e" + "4a")]
    [InlineData("3\x1e" + "4a")]
    [InlineData("3probe\x1e" + "4a")]
    public async Task PacketsThatMeanNothing_FromAClient_AreIgnored(string payload)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, payload)).Is(200, "ok");
        (await host.PollAsync(sid)).Is(200, "4a");
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("7")]
    [InlineData("4a\x1e")]
    [InlineData("\x1e" + "4a")]
    [InlineData("4a\x1e\x1e" + "4b")]
    public async Task InvalidPayload_IsRefusedWithCode3AndTheSessionCloses(string payload)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, payload)).IsError(400, 3, "Bad request");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.NextClosed());
        (await host.PollAsync(sid)).IsError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task InvalidPayload_PacketsBeforeCountAndPacketsBehindDoNot()
    {
        await using var host = await EngineTestHost.StartAsync();
        await host.PostAsync(await host.OpenAsync(), "4first\x1e" + "x\x1e" + "4last");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.NextClosed());
        Assert.Equal(["first"], host.Handler.Messages);
    }

    [Fact]
    public async Task InvalidPayload_WithAPollHeld_AnswersItWithClose()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var poll = await HoldAsync(host, await host.Handler.NextOpened(), sid);
        await host.PostAsync(sid, "abc");
        (await poll).Is(200, "1");
    }

    [Theory]
    [InlineData("2")]
    [InlineData("2probe")]
    public async Task ClientPing_IsAnsweredOkAndTheSessionCloses(string payload)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, payload)).Is(200, "ok");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.NextClosed());
        (await host.PollAsync(sid)).IsError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task ClientClose_IsAnsweredOkAndAHeldPollGetsANoop()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var poll = await HoldAsync(host, await host.Handler.NextOpened(), sid);
        (await host.PostAsync(sid, "1")).Is(200, "ok");
        (await poll).Is(200, "6");
        Assert.Equal(EngineCloseReason.ClientClose, await host.Handler.NextClosed());
        (await host.PollAsync(sid)).IsError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task ClientClose_WithoutAPoll_ForgetsTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, "4a\x1e" + "1\x1e" + "4b")).Is(200, "ok");
        Assert.Equal(EngineCloseReason.ClientClose, await host.Handler.NextClosed());
        (await host.PollAsync(sid)).IsError(400, 1, "Session ID unknown");
        Assert.Equal(["a"], host.Handler.Messages);
        Assert.Equal(0, host.Server.Count);
    }

    [Fact]
    public async Task OctetStream_InProtocol4_IsRefusedAndTheSessionCloses()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        (await host.PostAsync(sid, "4a", contentType: "application/octet-stream")).Is(400, "");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.NextClosed());
        (await host.PollAsync(sid)).IsError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task SecondPoll_WhileFirstIsWaiting_ClosesSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var first = await HoldAsync(host, await host.Handler.NextOpened(), sid);
        (await host.PollAsync(sid)).Is(400, "");
        (await first).Is(200, "1");
        Assert.Equal(EngineCloseReason.TransportError, await host.Handler.NextClosed());
        (await host.PollAsync(sid)).IsError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task SecondPost_WhileFirstIsBeingRead_ClosesSessionAndCutsTheFirstOff()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var session = await host.Handler.NextOpened();
        using var first = await RawConnection.ConnectAsync(host.Port);
        await StartPostAsync(first, session, "4hal");
        (await host.PostAsync(sid, "4b")).Is(400, "");
        Assert.Equal(EngineCloseReason.TransportError, await host.Handler.NextClosed());
        Assert.DoesNotContain(" 200 ", await first.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Handler.Messages);
    }

    [Fact]
    public async Task Poll_ThatTheClientDrops_ClosesTheSessionAtOnce()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var session = await host.Handler.NextOpened();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync($"GET /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\n\r\n");
        await session.PollHeldAsync();
        connection.Dispose();
        Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.NextClosed());
    }

    [Fact]
    public async Task Post_ThatTheClientDropsHalfWay_ClosesTheSessionAndDeliversNothing()
    {
        await using var host = await EngineTestHost.StartAsync();
        await host.OpenAsync();
        var session = await host.Handler.NextOpened();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await StartPostAsync(connection, session, "4hal");
        connection.Dispose();
        Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.NextClosed());
        Assert.Empty(host.Handler.Messages);
    }

    [Fact]
    public async Task ServerClose_WithAPollHeld_AnswersItWithClose()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var session = await host.Handler.NextOpened();
        var poll = await HoldAsync(host, session, sid);
        await session.CloseAsync().AsTask().Within();
        (await poll).Is(200, "1");
        Assert.Equal(EngineCloseReason.ServerClose, await host.Handler.NextClosed());
        (await host.PollAsync(sid)).IsError(400, 1, "Session ID unknown");
    }

    [Fact]
    public async Task ServerClose_WithoutAPoll_IsToldToTheNextOneBehindWhatWasQueued()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenAsync();
        var session = await host.Handler.NextOpened();
        await session.SendAsync("last words");
        await session.CloseAsync().AsTask().Within();
        Assert.Equal(EngineCloseReason.ServerClose, await host.Handler.NextClosed());
        Assert.Equal(0, host.Server.Count);
        Assert.False(host.Server.TryGetSession(sid, out _));
        (await host.PostAsync(sid, "4late")).Is(200, "ok");
        (await host.PollAsync(sid)).Is(200, "4last words");
        (await host.PollAsync(sid)).Is(200, "6\x1e" + "1");
        (await host.PollAsync(sid)).IsError(400, 1, "Session ID unknown");
        Assert.Empty(host.Handler.Messages);
        Assert.Equal(EngineSendOutcome.Closed, await session.SendAsync("too late"));
    }

    [Fact]
    public async Task Payload_ThatDoesNotFit_ContinuesWithTheNextPollInOrder()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.MaxPayload = 100);
        var sid = await host.OpenAsync();
        var session = await host.Handler.NextOpened();
        foreach (var letter in "abc")
        {
            await session.SendAsync(new string(letter, 60));
        }

        await session.SendAsync(new string('d', 200));
        await session.SendAsync("e");
        (await host.PollAsync(sid)).Is(200, "4" + new string('a', 60));
        (await host.PollAsync(sid)).Is(200, "4" + new string('b', 60));
        (await host.PollAsync(sid)).Is(200, "4" + new string('c', 60));
        (await host.PollAsync(sid)).Is(200, "4" + new string('d', 200));
        (await host.PollAsync(sid)).Is(200, "4e");
        Assert.Equal(0, session.QueuedBytes);
    }

    [Fact]
    public async Task HandlerThatThrows_ClosesItsSessionAndNoOther()
    {
        var handler = new EngineTestHandler
        {
            Message = static (session, message, token) => message.ToString() == "bug"
                ? throw new InvalidOperationException("a bug")
                : new ValueTask(session.SendAsync("fine", cancellationToken: token).AsTask()),
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        host.AllowsErrors = true;
        var (bad, good) = (await host.OpenAsync(), await host.OpenAsync());
        (await host.PostAsync(bad, "4bug")).Is(200, "ok");
        Assert.Equal(EngineCloseReason.HandlerError, await handler.NextClosed());
        (await host.PollAsync(bad)).Is(200, "6\x1e" + "1");
        await host.PostAsync(good, "4a");
        (await host.PollAsync(good)).Is(200, "4fine");
    }

    [Fact]
    public async Task OnClosed_IsCalledOnceAndBehindTheLastMessage()
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
                Assert.Empty(((EngineTestHandler)session.Tag!).ClosedCalls);
            },
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        var sid = await host.OpenAsync();
        (await handler.NextOpened()).Tag = handler;
        var post = host.PostAsync(sid, "4a\x1e" + "4b");
        var session = await entered.Task.Within();
        await session.CloseAsync().AsTask().Within();
        await session.CloseAsync(EngineCloseReason.Forbidden).AsTask().Within();
        Assert.Equal(EngineCloseReason.ServerClose, await handler.NextClosed());
        (await post).Is(200, "ok");
        Assert.Equal(1, handler.ClosedCalls[session]);
        Assert.Equal(["a"], handler.Messages);
        Assert.True(session.ClosedToken.IsCancellationRequested);
    }

    internal static async Task<Task<EngineAnswer>> HoldAsync(EngineTestHost host, EngineSession session, string sid)
    {
        var poll = host.PollAsync(sid);
        await session.PollHeldAsync();
        return poll;
    }

    private static async Task StartPostAsync(RawConnection connection, EngineSession session, string body)
    {
        await connection.SendAsync(
            $"POST /engine.io/?EIO=4&transport=polling&sid={session.Id} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{body}");
        await session.PostBegunAsync();
    }
}
