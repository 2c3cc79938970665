using System.Text;

namespace Scaler.EngineIO.Tests.Wire;

/// <summary>Tests Engine.IO protocol 3 (<c>EIO=3</c>).</summary>
public sealed class Protocol3Tests
{
    private static Task<EngineTestHost> StartAsync() => EngineTestHost.StartAsync(static options => options.AllowV3 = true);

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 400)]
    public async Task Handshake_NoVersion_IsProtocol3IfAllowed(bool allowed, int status)
    {
        await using var host = await EngineTestHost.StartAsync(options => options.AllowV3 = allowed);
        var response = await host.GetAsync("?transport=polling");
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(allowed, response.Text.Contains(":0{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handshake_OverPolling_ReturnsALengthPrefixedPayload()
    {
        await using var host = await StartAsync();
        var answer = await host.GetAsync("?EIO=3&transport=polling");
        var colon = answer.Text.IndexOf(':', StringComparison.Ordinal);
        Assert.Equal(answer.Text.Length - colon - 1, int.Parse(answer.Text[..colon], System.Globalization.CultureInfo.InvariantCulture));
        Assert.StartsWith("0{\"sid\":", answer.Text[(colon + 1)..], StringComparison.Ordinal);
        Assert.Equal("text/plain; charset=UTF-8", answer.Header("Content-Type"));
        Assert.Equal(3, (await host.Handler.WaitForOpenedAsync()).ProtocolVersion);
    }

    [Theory]
    [InlineData("6:4hello")]
    [InlineData("1:4")]
    [InlineData("6:4test16:4test2")]
    // Lengths count UTF-16 code units: the emoji counts as two.
    [InlineData("4:4😀€2:4a")]
    [InlineData("10:b4AQIDBA==")]
    public async Task TextPayload_IsEchoed(string payload)
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3, "&b64=1");
        (await host.PostAsync(sid, payload, 3)).AssertBody(200, "ok");
        (await host.PollAsync(sid, 3)).AssertBody(200, payload);
    }

    [Fact]
    public async Task BinaryPacket_InAPayload_MakesTheWholePayloadBinary()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        (await host.PostAsync(sid, "6:4hello10:b4AQIDBA==", 3)).AssertBody(200, "ok");
        var answer = await host.PollAsync(sid, 3);
        Assert.Equal("application/octet-stream", answer.Header("Content-Type"));
        Assert.Equal([0, 6, 255, .. "4hello"u8, 1, 5, 255, 4, 1, 2, 3, 4], answer.Bytes);

        (await host.PostAsync(sid, "2:4a", 3)).AssertBody(200, "ok");
        (await host.PollAsync(sid, 3)).AssertBody(200, "2:4a");
    }

    [Fact]
    public async Task BinaryPayload_IsRecognizedByItsContentType()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        byte[] payload = [0, 4, 255, .. Encoding.UTF8.GetBytes("4€"), 1, 1, 2, 255, 4, .. new byte[11]];
        (await host.PostAsync(sid, payload, 3, "application/octet-stream")).AssertBody(200, "ok");
        Assert.Equal(payload, (await host.PollAsync(sid, 3)).Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData(":4a")]
    [InlineData("-1:4a")]
    [InlineData("+2:4a")]
    [InlineData("0:")]
    [InlineData("3:4a")]
    [InlineData("2:4a5")]
    [InlineData("99999999999:4a")]
    [InlineData("4294967298:4a")]
    [InlineData("2147483647:4a")]
    [InlineData("2")]
    [InlineData("2:7a")]
    [InlineData("2:4😀")]
    [InlineData("1:b")]
    [InlineData("2:bx")]
    public async Task MalformedPayload_IsRefusedWithCode3AndClosesTheSession(string payload)
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        (await host.PostAsync(sid, payload, 3)).AssertError(400, 3, "Bad request");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid, 3)).AssertError(400, 1, "Session ID unknown");
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 2, 1, 255, 4 })]
    [InlineData(new byte[] { 1, 255, 4 })]
    [InlineData(new byte[] { 1, 1 })]
    [InlineData(new byte[] { 1, 9, 255, 4 })]
    [InlineData(new byte[] { 1, 48, 255, 4 })]
    [InlineData(new byte[] { 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 255, 4 })]
    [InlineData(new byte[] { 1, 4, 2, 9, 4, 9, 6, 7, 2, 9, 7, 255, 4 })]
    [InlineData(new byte[] { 1, 0, 255 })]
    [InlineData(new byte[] { 1, 1, 255, 7 })]
    [InlineData(new byte[] { 0, 0, 255 })]
    public async Task MalformedBinaryPayload_IsRefusedWithCode3AndClosesTheSession(byte[] payload)
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        (await host.PostAsync(sid, payload, 3, "application/octet-stream")).AssertError(400, 3, "Bad request");
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task Payload_WithMorePacketsThanTheLimit_IsRefusedWithCode3()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.AllowV3 = true;
            options.MaxPacketsPerPayload = 2;
        });
        var sid = await host.OpenPollingAsync(3);
        (await host.PostAsync(sid, "1:41:4", 3)).AssertBody(200, "ok");
        (await host.PostAsync(sid, "1:41:41:4", 3)).AssertError(400, 3, "Bad request");
    }

    [Fact]
    public async Task CloseAndNoopPackets_HaveALengthPrefix()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        var poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        (await host.PostAsync(sid, "1:1", 3)).AssertBody(200, "ok");
        (await poll).AssertBody(200, "1:6");

        sid = await host.OpenPollingAsync(3);
        poll = await host.HoldPollAsync(await host.Handler.WaitForOpenedAsync(), sid);
        (await host.PollAsync(sid, 3)).AssertBody(400, "");
        (await poll).AssertBody(200, "1:1");
    }

    [Fact]
    public async Task ClientPing_IsAnsweredWithAPong()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        (await host.PostAsync(sid, "1:2", 3)).AssertBody(200, "ok");
        (await host.PollAsync(sid, 3)).AssertBody(200, "1:3");
    }

    [Fact]
    public async Task WebSocket_BinaryFrame_BeginsWithATypeByte()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync(3);
        await socket.SendBinaryAsync([4, 1, 2, 3]);
        Assert.Equal([4, 1, 2, 3], await socket.ReadBinaryAsync());
        await socket.SendTextAsync("b4AQID");
        Assert.Equal([4, 1, 2, 3], await socket.ReadBinaryAsync());
        await socket.SendBinaryAsync([7]);
        Assert.Equal(4400, (await socket.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task WebSocket_BinaryMessageWithB64_IsSentAsText()
    {
        await using var host = await StartAsync();
        using var socket = await host.OpenWebSocketAsync(3, "&b64=1");
        await socket.SendTextAsync("b4AQID");
        Assert.Equal("b4AQID", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task Jsonp_BinaryMessage_IsSentAsText()
    {
        await using var host = await EngineTestHost.StartJsonpAsync(static options => options.AllowV3 = true);
        var sid = await host.OpenPollingAsync(3);
        (await host.PostAsync(sid, "d=" + Uri.EscapeDataString("6:b4AQID"), 3, "application/x-www-form-urlencoded", "&j=0")).AssertBody(200, "ok");
        (await host.PollAsync(sid, 3, "&j=0")).AssertBody(200, "___eio[0](\"6:b4AQID\");");
    }

    [Fact]
    public async Task EncodedMessage_ToBothProtocols_IsEncodedForEach()
    {
        await using var host = await StartAsync();
        using var four = await host.OpenWebSocketAsync();
        using var three = await host.OpenWebSocketAsync(3);
        using var text = await host.OpenWebSocketAsync(3, "&b64=1");
        var polling = await host.OpenPollingAsync(3);
        using (var message = EngineEncodedMessage.Create([1, 2, 3], EngineMessageKind.Binary))
        {
            Assert.Equal(3, message.Length);
            Assert.All(host.Server.Sessions, session => Assert.Equal(EngineSendOutcome.Sent, session.TrySend(message)));
        }

        Assert.Equal([1, 2, 3], await four.ReadBinaryAsync());
        Assert.Equal([4, 1, 2, 3], await three.ReadBinaryAsync());
        Assert.Equal("b4AQID", await text.ReadTextAsync());
        Assert.Equal([1, 4, 255, 4, 1, 2, 3], (await host.PollAsync(polling, 3)).Bytes);
    }

    [Fact]
    public async Task Upgrade_WhenConfirmed_MovesTheSessionToWebSocket()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync(3);
        using var socket = await host.ConnectWebSocketAsync(sid, 3);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        (await host.PollAsync(sid, 3)).AssertBody(200, "1:6");
        await socket.SendTextAsync("5");
        await socket.SendTextAsync("2");
        Assert.Equal("3", await socket.ReadTextAsync());
    }
}
