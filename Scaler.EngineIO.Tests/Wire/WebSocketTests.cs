using System.Text;

namespace Scaler.EngineIO.Tests.Wire;

public sealed class WebSocketTests
{
    [Theory]
    [InlineData("4hello")]
    [InlineData("4")]
    [InlineData("4é€😀\u2028\0")]
    public async Task TextMessage_IsEchoed(string packet)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync(packet);
        Assert.Equal(packet, await socket.ReadTextAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(1_000_000)]
    public async Task BinaryMessage_OfAnyLength_IsEchoed(int length)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var data = new byte[length];
        new Random(length).NextBytes(data);
        await socket.SendBinaryAsync(data);
        Assert.Equal(data, await socket.ReadBinaryAsync());
    }

    [Fact]
    public async Task Base64_InATextFrame_IsABinaryMessage()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("bAQIDBA==");
        Assert.Equal([1, 2, 3, 4], await socket.ReadBinaryAsync());
        await socket.SendTextAsync("b");
        Assert.Empty(await socket.ReadBinaryAsync());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("2")]
    [InlineData("2probe")]
    public async Task InvalidPacket_ClosesWithCodeAndReason(string packet)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync(packet);
        Assert.Equal((4400, "invalid packet"), await socket.ReadCloseAsync());
        await socket.CompleteCloseAsync();
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task IrrelevantPackets_AreIgnored()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        foreach (var packet in (string[])["0{}", "5", "6", "3", "3probe", "4still here"])
        {
            await socket.SendTextAsync(packet);
        }

        Assert.Equal("4still here", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task ClosePacket_ClosesTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("1");
        Assert.Equal((1000, ""), await socket.ReadCloseAsync());
        await socket.CompleteCloseAsync();
        Assert.Equal(EngineCloseReason.ClientClose, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task CloseFrame_IsEchoedWithItsCodeAndClosesTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendAsync(RawWebSocket.BuildFrame(RawWebSocket.CloseOpcode, [0x0B, 0xB8, .. "bye"u8]));
        Assert.Equal((3000, ""), await socket.ReadCloseAsync());
        Assert.Equal("", await socket.Connection.ReadToEndAsync());
        Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task ConnectionEnd_ClosesTheSession()
    {
        await using var host = await EngineTestHost.StartAsync();
        using (var socket = await host.OpenWebSocketAsync())
        {
        }

        Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
        using var reset = await host.OpenWebSocketAsync();
        reset.Connection.Reset();
        Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task ServerClose_SendsTheQueueThenTheCloseFrame()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync("last message");
        var closing = session.CloseAsync().AsTask();
        Assert.Equal("4last message", await socket.ReadTextAsync());
        Assert.Equal((1000, ""), await socket.ReadCloseAsync());
        await socket.CompleteCloseAsync();
        await closing.WithTimeout();
        Assert.Equal(EngineSessionState.Closed, session.State);
        Assert.Equal(EngineCloseReason.ServerClose, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task ServerClose_WhenTheClientDoesNotReply_AbortsAfterTheCloseTimeout()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.CloseTimeout = TimeSpan.FromMilliseconds(50));
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.CloseAsync(EngineCloseReason.ServerClose).AsTask().WithTimeout();
        Assert.Equal((1000, ""), await socket.ReadCloseAsync());
        await socket.Connection.ReadToEndAsync();
    }

    [Fact]
    public async Task Messages_InOneSegment_AreEchoedInOrder()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.Connection.SendAsync(Enumerable.Range(0, 1000).SelectMany(static index => RawWebSocket.BuildTextFrame("4" + index)).ToArray());
        for (var index = 0; index < 1000; index++)
        {
            Assert.Equal("4" + index, await socket.ReadTextAsync());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_LargerThanTheBuffersSentWithoutWaiting_AreEchoedInOrder(bool asyncHandler)
    {
        const int Count = 3_000;
        var handler = new EngineTestHandler
        {
            DiscardsMessages = true,
            Message = !asyncHandler ? null : static async (session, message, token) =>
            {
                await Task.Yield();
                await session.SendAsync(message.Data, cancellationToken: token);
            },
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        using var socket = await host.OpenWebSocketAsync();
        static string Message(int index) => "4" + new string((char)('a' + (index % 26)), index % 1000) + index;

        var sending = socket.Connection.SendAsync(
            Enumerable.Range(0, Count).SelectMany(static index => RawWebSocket.BuildTextFrame(Message(index))).ToArray());
        for (var index = 0; index < Count; index++)
        {
            Assert.Equal(Message(index), await socket.ReadTextAsync());
        }

        await sending.WithTimeout();
    }

    [Fact]
    public async Task Frames_ArrivingByteByByte_AreParsed()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var message = "4" + new string('x', 200);
        foreach (var value in (byte[])[.. RawWebSocket.BuildTextFrame(message), .. RawWebSocket.BuildFrame(RawWebSocket.BinaryOpcode, [1])])
        {
            await socket.SendAsync(value);
        }

        Assert.Equal(message, await socket.ReadTextAsync());
        Assert.Equal([1], await socket.ReadBinaryAsync());
    }

    [Fact]
    public async Task Fragments_WithInterleavedControlFrames_AreReassembled()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var text = Encoding.UTF8.GetBytes("4€x");
        await socket.SendAsync(RawWebSocket.BuildFrame(1, text.AsSpan(0, 2), final: false));
        await socket.SendAsync(RawWebSocket.BuildFrame(9, "hi"u8));
        await socket.SendAsync(RawWebSocket.BuildFrame(0, [], final: false));
        await socket.SendAsync(RawWebSocket.BuildFrame(0, text.AsSpan(2), final: false));
        await socket.SendAsync(RawWebSocket.BuildFrame(10, "unasked"u8));
        await socket.SendAsync(RawWebSocket.BuildFrame(0, []));
        var (opcode, payload, _) = await socket.ReadFrameAsync();
        Assert.Equal((10, "hi"), (opcode, Encoding.UTF8.GetString(payload)));
        Assert.Equal("4€x", await socket.ReadTextAsync());
        // The reassembly state must be reset for the next message.
        await socket.SendTextAsync("4next");
        Assert.Equal("4next", await socket.ReadTextAsync());
    }

    public static TheoryData<string, byte[]> ProtocolErrors => new()
    {
        { "unmasked", RawWebSocket.BuildFrame(1, "4a"u8, masked: false) },
        { "reserved opcode", RawWebSocket.BuildFrame(3, "4a"u8) },
        { "reserved control opcode", RawWebSocket.BuildFrame(11, []) },
        { "reserved bit 1", RawWebSocket.BuildFrame(1, "4a"u8, reserved: 0x40) },
        { "reserved bit 2", RawWebSocket.BuildFrame(1, "4a"u8, reserved: 0x20) },
        { "reserved bit 3", RawWebSocket.BuildFrame(1, "4a"u8, reserved: 0x10) },
        { "fragmented ping", RawWebSocket.BuildFrame(9, [], final: false) },
        { "long ping", RawWebSocket.BuildFrame(9, new byte[126]) },
        { "continuation of nothing", RawWebSocket.BuildFrame(0, "4a"u8) },
        { "message within a message", [.. RawWebSocket.BuildFrame(1, "4a"u8, final: false), .. RawWebSocket.BuildFrame(1, "4b"u8)] },
        { "close payload of one byte", RawWebSocket.BuildFrame(8, [3]) },
        { "close code 1005", RawWebSocket.BuildFrame(8, [0x03, 0xED]) },
        { "close code 999", RawWebSocket.BuildFrame(8, [0x03, 0xE7]) },
        { "length not in its shortest form", [0x81, 0xFE, 0x00, 0x01, 0, 0, 0, 0, (byte)'4'] },
        { "length with the highest bit", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(ProtocolErrors))]
    public async Task ProtocolError_ClosesWith1002(string label, byte[] frames)
    {
        await using var host = await EngineTestHost.StartAsync(options => options.CloseTimeout = TimeSpan.FromMilliseconds(200));
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendAsync(frames);
        Assert.Equal((1002, label), ((await socket.ReadCloseAsync()).Code, label));
        await socket.CompleteCloseAsync();
        await host.Handler.WaitForClosedAsync();
    }

    [Theory]
    [InlineData(1, new byte[] { (byte)'4', 0xC3, 0x28 })]
    [InlineData(1, new byte[] { (byte)'4', 0xED, 0xA0, 0x80 })]
    [InlineData(8, new byte[] { 0x03, 0xE8, 0xFF })]
    public async Task InvalidUtf8_ClosesWith1007(int opcode, byte[] payload)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendAsync(RawWebSocket.BuildFrame(opcode, payload));
        Assert.Equal(1007, (await socket.ReadCloseAsync()).Code);
        await socket.CompleteCloseAsync();
        await host.Handler.WaitForClosedAsync();
    }

    [Fact]
    public async Task OnMessage_WhenItThrows_ClosesWith1011()
    {
        var handler = new EngineTestHandler
        {
            Message = static async (_, _, _) => { await Task.Yield(); throw new InvalidOperationException("a bug"); }
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        host.AllowsErrors = true;
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("4a");
        Assert.Equal((1011, "server error"), await socket.ReadCloseAsync());
        Assert.Equal(EngineCloseReason.HandlerError, await handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task SlowHandler_ReceivesOneMessageAtATimeInOrder()
    {
        var running = 0;
        var handler = new EngineTestHandler
        {
            Message = async (session, message, token) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                await session.SendAsync(message.Data, cancellationToken: token);
            },
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        using var socket = await host.OpenWebSocketAsync();
        await socket.Connection.SendAsync(Enumerable.Range(0, 100).SelectMany(static index => RawWebSocket.BuildTextFrame("4" + index)).ToArray());
        for (var index = 0; index < 100; index++)
        {
            Assert.Equal("4" + index, await socket.ReadTextAsync());
        }
    }

    [Fact]
    public async Task Deflate_WhenDisabled_IsNotNegotiated()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.ConnectWebSocketAsync(headers: [("Sec-WebSocket-Extensions", "permessage-deflate")]);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", socket.ResponseHeaders, StringComparison.OrdinalIgnoreCase);
    }
}
