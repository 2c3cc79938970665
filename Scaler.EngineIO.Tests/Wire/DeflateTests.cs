using System.IO.Compression;
using System.Text;

namespace Scaler.EngineIO.Tests.Wire;

/// <summary>Tests permessage-deflate (RFC 7692) when it is enabled.</summary>
public sealed class DeflateTests
{
    private const string Offer = "permessage-deflate; client_max_window_bits";

    private static Task<EngineTestHost> StartAsync() => EngineTestHost.StartAsync(static options =>
    {
        options.PerMessageDeflate.Enabled = true;
        options.PerMessageDeflate.Threshold = 100;
        options.MaxPayload = 100_000;
    });

    private static async Task<RawWebSocket> OpenAsync(EngineTestHost host, int version = 4, string more = "")
    {
        var socket = await host.ConnectWebSocketAsync(null, version, more, ("Sec-WebSocket-Extensions", Offer));
        Assert.Contains(
            "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n",
            socket.ResponseHeaders, StringComparison.OrdinalIgnoreCase);
        await socket.ReadTextAsync();
        return socket;
    }

    private static byte[] Deflate(ReadOnlySpan<byte> data)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal);
        deflate.Write(data);
        deflate.Flush();
        return output.ToArray()[..^4];
    }

    private static byte[] Inflate(byte[] data)
    {
        using var input = new MemoryStream([.. data, 0, 0, 0xFF, 0xFF, 1, 0, 0, 0xFF, 0xFF]);
        using var deflate = new DeflateStream(input, CompressionMode.Decompress);
        using var output = new MemoryStream();
        deflate.CopyTo(output);
        return output.ToArray();
    }

    [Fact]
    public async Task Messages_AtOrAboveTheThreshold_AreCompressed()
    {
        await using var host = await StartAsync();
        using var socket = await OpenAsync(host);
        var text = "4" + new string('x', 1000);
        await socket.SendAsync(RawWebSocket.BuildFrame(1, Deflate(Encoding.UTF8.GetBytes(text)), reserved: 0x40));
        var (opcode, payload, first) = await socket.ReadFrameAsync();
        Assert.Equal((1, 0xC1), (opcode, first));
        Assert.Equal(text, Encoding.UTF8.GetString(Inflate(payload)));

        await socket.SendTextAsync("4short");
        Assert.Equal("4short", await socket.ReadTextAsync());
        var data = new byte[500];
        await socket.SendBinaryAsync(data);
        (opcode, payload, first) = await socket.ReadFrameAsync();
        Assert.Equal((2, 0xC2), (opcode, first));
        Assert.Equal(data, Inflate(payload));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&b64=1")]
    public async Task Protocol3BinaryMessage_IsCompressedInItsEncoding(string more)
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.PerMessageDeflate.Enabled = true;
            options.PerMessageDeflate.Threshold = 0;
            options.AllowV3 = true;
        });
        using var socket = await OpenAsync(host, 3, more);
        await socket.SendBinaryAsync([4, 1, 2, 3]);
        var (_, payload, _) = await socket.ReadFrameAsync();
        Assert.Equal(more.Length == 0 ? [4, 1, 2, 3] : "b4AQID"u8.ToArray(), Inflate(payload));
    }

    [Fact]
    public async Task CompressedMessage_InFragments_IsReassembled()
    {
        await using var host = await StartAsync();
        using var socket = await OpenAsync(host);
        var data = Deflate("4short"u8);
        await socket.SendAsync(RawWebSocket.BuildFrame(1, data.AsSpan(0, 3), final: false, reserved: 0x40));
        await socket.SendAsync(RawWebSocket.BuildFrame(0, data.AsSpan(3)));
        Assert.Equal("4short", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task SendAsync_WithNoCompression_SendsUncompressed()
    {
        await using var host = await StartAsync();
        using var socket = await OpenAsync(host);
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync(new string('x', 1000), EngineSendFlags.NoCompression);
        Assert.Equal("4" + new string('x', 1000), await socket.ReadTextAsync());
    }

    [Fact]
    public async Task EncodedMessage_ToCompressedAndPlainSessions_IsReadableByAll()
    {
        await using var host = await StartAsync();
        using var one = await OpenAsync(host);
        using var two = await OpenAsync(host);
        using var plain = await host.OpenWebSocketAsync();
        using (var message = EngineEncodedMessage.Create(Encoding.UTF8.GetBytes(new string('x', 1000)), EngineMessageKind.Text))
        {
            foreach (var session in host.Server.Sessions)
            {
                Assert.Equal(EngineSendOutcome.Sent, session.TrySend(message));
            }
        }

        foreach (var socket in (RawWebSocket[])[one, two])
        {
            Assert.Equal("4" + new string('x', 1000), Encoding.UTF8.GetString(Inflate((await socket.ReadFrameAsync()).Payload)));
        }

        Assert.Equal("4" + new string('x', 1000), await plain.ReadTextAsync());
    }

    [Fact]
    public async Task Message_InflatedAboveTheLimit_ClosesWith1009()
    {
        await using var host = await StartAsync();
        using var socket = await OpenAsync(host);
        var bomb = new byte[100_001];
        bomb.AsSpan().Fill((byte)'4');
        await socket.SendAsync(RawWebSocket.BuildFrame(1, Deflate(bomb), reserved: 0x40));
        Assert.Equal((1009, ""), await socket.ReadCloseAsync());
        await socket.CompleteCloseAsync();
        Assert.Equal(EngineCloseReason.PayloadTooLarge, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task Message_InflatedToExactlyTheLimit_IsAccepted()
    {
        await using var host = await StartAsync();
        using var socket = await OpenAsync(host);
        var data = new byte[100_000];
        data.AsSpan().Fill((byte)'4');
        await socket.SendAsync(RawWebSocket.BuildFrame(1, Deflate(data), reserved: 0x40));
        Assert.Equal(data, Inflate((await socket.ReadFrameAsync()).Payload));
    }

    [Fact]
    public async Task CompressedMessage_WithInvalidDeflateData_ClosesWith1007()
    {
        await using var host = await StartAsync();
        using var socket = await OpenAsync(host);
        await socket.SendAsync(RawWebSocket.BuildFrame(1, [0xFF, 0xFF, 0xFF], reserved: 0x40));
        Assert.Equal(1007, (await socket.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task ContinuationFrame_WithTheCompressionBit_ClosesWith1002()
    {
        await using var host = await StartAsync();
        using var socket = await OpenAsync(host);
        await socket.SendAsync(RawWebSocket.BuildFrame(1, "4a"u8, final: false));
        await socket.SendAsync(RawWebSocket.BuildFrame(0, "b"u8, reserved: 0x40));
        Assert.Equal(1002, (await socket.ReadCloseAsync()).Code);
    }
}
