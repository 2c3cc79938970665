using System.IO.Compression;
using System.Text;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>Tests clients whose small messages inflate to large ones.</summary>
[Collection(HostileCollection.Name)]
public sealed class CompressionTests
{
    private const int MaxPayload = 100_000;
    private const long MegaByte = 1024 * 1024;
    private const int Compressed = 0x40;

    /// <summary>100 MB of zeros.</summary>
    private static readonly byte[] Bomb = Deflate(100_000_000);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Message_InflatesBeyondTheLimit_EndsTheSessionWithoutInflatingIt(int fragments)
    {
        await using var host = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var socket = await OpenAsync(host);
            var size = (Bomb.Length / fragments) + 1;
            var parts = Bomb.Chunk(size).ToList();
            for (var i = 0; i < parts.Count; i++)
            {
                await socket.SendAsync(RawWebSocket.BuildFrame(i == 0 ? 2 : 0, parts[i], i == parts.Count - 1, reserved: i == 0 ? Compressed : 0));
            }

            Assert.Equal((1009, ""), await socket.ReadCloseAsync());
            await socket.CompleteCloseAsync();
        })).WithTimeout();
        host.AssertMemoryGrowthBelow(32 * MegaByte);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(EngineCloseReason.PayloadTooLarge, await host.Handler.WaitForClosedAsync());
        }
    }

    [Fact]
    public async Task Messages_InflateToTheLimit_AreHandledOneAtATime()
    {
        await using var host = await StartAsync();
        var frame = RawWebSocket.BuildFrame(2, Deflate(MaxPayload), reserved: Compressed);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var socket = await OpenAsync(host);
            for (var i = 0; i < 250; i++)
            {
                await socket.SendAsync(frame);
            }

            await socket.SendTextAsync("4end");
            await EndAsync(socket, "4end");
        })).WithTimeout();
        host.AssertMemoryGrowthBelow(32 * MegaByte);
    }

    public static TheoryData<string, byte[], int> Broken => new()
    {
        { "no deflate data", [0xFF, 0xFF, 0xFF, 0xFF], 1007 },
        { "an invalid block type", [0x07], 1007 },
        { "a stored block with inconsistent lengths", [0x01, 0x05, 0x00, 0x00, 0x00], 1007 },
        { "text that is not UTF-8", Deflate([0x34, 0xC3, 0x28]), 1007 },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Message_InvalidDeflateData_EndsTheSession(string problem, byte[] data, int code)
    {
        await using var host = await StartAsync();
        using var socket = await OpenAsync(host);

        await socket.SendAsync(RawWebSocket.BuildFrame(1, data, reserved: Compressed));

        Assert.Equal((code, problem), ((await socket.ReadCloseAsync()).Code, problem));
        await socket.CompleteCloseAsync();
    }

    /// <summary>POST bodies are not inflated, so a compressed body is not a valid payload.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Post_CompressedBody_IsRefused(string encoding)
    {
        await using var host = await StartAsync();
        var sid = await host.Engine.OpenPollingAsync();
        using var memory = new MemoryStream();
        using (System.IO.Stream stream = encoding switch
        {
            "gzip" => new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(memory, CompressionLevel.Optimal, leaveOpen: true),
            _ => new ZLibStream(memory, CompressionLevel.Optimal, leaveOpen: true),
        })
        {
            stream.Write(Encoding.UTF8.GetBytes("4" + new string('x', 10_000_000)));
        }

        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync((byte[])
        [
            .. Encoding.ASCII.GetBytes($"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nContent-Encoding: {encoding}\r\n"
                + $"Connection: close\r\nContent-Length: {memory.Length}\r\n\r\n"),
            .. memory.ToArray(),
        ]);

        var answer = await connection.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("""{"code":3,"message":"Bad request"}""", answer, StringComparison.Ordinal);
        Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
    }

    private static Task<HostileHost> StartAsync() => HostileHost.StartAsync(
        static options =>
        {
            options.PerMessageDeflate.Enabled = true;
            options.MaxPayload = MaxPayload;
            HostileHost.DelayPings(options);
        },
        handler: new EngineTestHandler
        {
            DiscardsMessages = true,
            Message = static async (session, message, cancellationToken) =>
            {
                if (!message.IsBinary)
                {
                    await session.SendAsync(message.Data, EngineMessageKind.Text, cancellationToken: cancellationToken);
                }
            },
        });

    private static async Task<RawWebSocket> OpenAsync(HostileHost host)
    {
        var socket = await host.Engine.ConnectWebSocketAsync(null, 4, "", ("Sec-WebSocket-Extensions", "permessage-deflate"));
        Assert.StartsWith("0{", await socket.ReadTextAsync(), StringComparison.Ordinal);
        return socket;
    }

    private static async Task EndAsync(RawWebSocket socket, string last)
    {
        while (await socket.ReadTextAsync() != last)
        {
            await socket.SendTextAsync("3");
        }
    }

    private static byte[] Deflate(int zeros)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal);
        var block = new byte[100_000];
        for (var left = zeros; left > 0; left -= block.Length)
        {
            deflate.Write(block, 0, Math.Min(left, block.Length));
        }

        deflate.Flush();
        return output.ToArray()[..^4];
    }

    private static byte[] Deflate(ReadOnlySpan<byte> data)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal);
        deflate.Write(data);
        deflate.Flush();
        return output.ToArray()[..^4];
    }
}
