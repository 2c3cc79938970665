using System.Text;

namespace Scaler.EngineIO.Tests.Wire;

public sealed class PollingTests
{
    [Fact]
    public async Task Post_WhenAccepted_ReturnsOk()
    {
        await using var host = await EngineTestHost.StartAsync();
        var answer = await host.PostAsync(await host.OpenPollingAsync(), "4hello");
        answer.AssertBody(200, "ok");
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
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, payload)).AssertBody(200, "ok");
        var answer = await host.PollAsync(sid);
        answer.AssertBody(200, payload == "b4AQIDBA=" ? "b4AQIDBA=" : payload);
        Assert.Equal("text/plain; charset=UTF-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [Fact]
    public async Task SendAsync_WithAHeldPoll_CompletesThePoll()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var poll = await host.HoldPollAsync(session, sid);
        await session.SendAsync("one");
        (await poll).AssertBody(200, "4one");
    }

    [Fact]
    public async Task Payload_WithAHeldPoll_IsEchoedInOneResponse()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        await host.PostAsync(sid, "4a\x1e" + "4b\x1e" + "4c");
        (await poll).AssertBody(200, "4a\x1e" + "4b\x1e" + "4c");
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain;charset=iso-8859-1")]
    [InlineData("application/json")]
    public async Task Body_WithAnyContentType_IsReadAsUtf8(string contentType)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, "4d=é%20+€\uFEFF", contentType: contentType)).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4d=é%20+€\uFEFF");
    }

    [Fact]
    public async Task Body_WithChunksThatSplitCharacters_IsReassembled()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync(
            $"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var value in Encoding.UTF8.GetBytes("4€😀"))
        {
            await connection.SendAsync((byte[])[(byte)'1', 13, 10, value, 13, 10]);
        }

        await connection.SendAsync("0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        (await host.PollAsync(sid)).AssertBody(200, "4€😀");
    }

    [Fact]
    public async Task Body_WithInvalidUtf8_IsReadWithReplacementCharacters()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, [(byte)'4', 0xFF, (byte)'a', 0xC3])).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4\uFFFDa\uFFFD");
    }

    [Theory]
    [InlineData("bAQIDBA", "bAQIDBA==")]
    [InlineData("bAQ IDBA==", "bAQIDBA==")]
    [InlineData("b-_8=", "b+/8=")]
    [InlineData("b!!!", "b")]
    public async Task Base64_WhenMalformed_IsDecodedLeniently(string sent, string received)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, sent)).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, received);
    }

    [Theory]
    [InlineData("0{}\x1e" + "4a")]
    [InlineData("5\x1e" + "4a")]
    [InlineData("6\x1e" + "4a")]
    [InlineData("3\x1e" + "4a")]
    [InlineData("3probe\x1e" + "4a")]
    public async Task IrrelevantPackets_FromAClient_AreIgnored(string payload)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, payload)).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4a");
    }

    [Fact]
    public async Task QueuedMessages_AboveMaxPayload_AreSplitOverPollsInOrder()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.MaxPayload = 100);
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        foreach (var letter in "abc")
        {
            await session.SendAsync(new string(letter, 60));
        }

        await session.SendAsync(new string('d', 200));
        await session.SendAsync("e");
        (await host.PollAsync(sid)).AssertBody(200, "4" + new string('a', 60));
        (await host.PollAsync(sid)).AssertBody(200, "4" + new string('b', 60));
        (await host.PollAsync(sid)).AssertBody(200, "4" + new string('c', 60));
        (await host.PollAsync(sid)).AssertBody(200, "4" + new string('d', 200));
        (await host.PollAsync(sid)).AssertBody(200, "4e");
        Assert.Equal(0, session.QueuedBytes);
    }
}
