using System.Text;
using Scaler.EngineIO;
using Scaler.Tests.Helpers;
using Scaler.Tests.Security.Engine;

namespace Scaler.Tests.Security.Advisories;

/// <summary>
/// What others in this field had to repair, tried on this server: polling, the upgrade and WebSockets. Beside each attacker, others lose nothing.
/// The rows are those of SECURITY.md.
/// </summary>
public sealed class EngineAdvisoryTests
{
    /// <summary>engine.io: memory exhausted by the bodies of posts.</summary>
    [Fact]
    public Task Cve202036048_AnEndlessBody_IsCutAtTheLimit() => BesideOthersAsync(
        static options => options.MaxPayload = 10_000,
        static async host =>
        {
            var sid = await host.OpenAsync();
            using var connection = await RawConnection.ConnectAsync(host.Port);
            await connection.SendAsync($"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var count = 0; count < 11; count++)
            {
                await connection.SendAsync("3E8\r\n" + new string('4', 1000) + "\r\n");
            }

            Assert.StartsWith("HTTP/1.1 413 ", await connection.ReadHeadAsync(), StringComparison.Ordinal);
        });

    /// <summary>engine.io: a bad frame before the session exists ended the process.</summary>
    [Theory]
    [InlineData("?EIO=4&transport=websocket")]
    [InlineData("?EIO=4&transport=websocket&sid=")]
    public Task Cve202221676_ABadFrame_RightBehindTheRequest_EndsThatConnectionOnly(string query) => BesideOthersAsync(
        null,
        async host =>
        {
            if (query.EndsWith('='))
            {
                query += await host.OpenAsync();
            }

            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.Request(query), RawWebSocket.Frame(3, "x"u8, masked: false));
            Assert.StartsWith("HTTP/1.1 101 ", socket.Head, StringComparison.Ordinal);
            await socket.Connection.ReadToEndAsync();
        });

    /// <summary>engine.io: a connection that is reset while it upgrades ended the process.</summary>
    [Fact]
    public Task Cve202241940_AReset_DuringTheUpgrade_LeavesPollingAlive() => BesideOthersAsync(
        null,
        static async host =>
        {
            var sid = await host.OpenAsync();
            var socket = await host.ConnectAsync(sid);
            await socket.SendTextAsync("2probe");
            Assert.Equal("3probe", await socket.ReadTextAsync());
            socket.Connection.Reset();
            using var cut = await RawConnection.ConnectAsync(host.Port);
            await cut.SendAsync(RawWebSocket.Request("?EIO=4&transport=websocket&sid=" + sid)[..60]);
            cut.Reset();
            (await host.PostAsync(sid, "4still here")).Is(200, "ok");
            Assert.EndsWith("4still here", (await host.PollAsync(sid)).Text, StringComparison.Ordinal);
        });

    /// <summary>engine.io: a transport whose name is one of every object's properties ended the process.</summary>
    [Theory]
    [InlineData("constructor")]
    [InlineData("__proto__")]
    [InlineData("toString")]
    [InlineData("hasOwnProperty")]
    [InlineData("GetType")]
    public Task Cve202331125_ATransport_OfThatName_IsUnknown(string transport) => BesideOthersAsync(
        null,
        async host =>
        {
            (await host.GetAsync("?EIO=4&transport=" + transport)).IsError(400, 0, "Transport unknown");
            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.Request("?EIO=4&transport=" + transport));
            Assert.StartsWith("HTTP/1.1 400 ", socket.Head, StringComparison.Ordinal);
        });

    /// <summary>python-engineio, GHSA-cgwc-pv48-fhj5: a thread for each pong.</summary>
    [Fact]
    public Task GhsaCgwcPv48_PongsThatNobodyAskedFor_StartNothing() => BesideOthersAsync(
        null,
        static async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.Connection.SendAsync(Enumerable.Range(0, 10_000).SelectMany(static _ => RawWebSocket.TextFrame("3")).ToArray());
            await socket.SendTextAsync("4after");
            Assert.Equal("4after", await socket.ReadTextAsync());
        });

    /// <summary>ws: an overly long payload ended the process; Bandit, CVE-2026-42786: so did fragments without an end.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Cve201610542_AnOverlyLongMessage_IsRefusedBeforeItIsBuffered(bool announced) => BesideOthersAsync(
        static options => options.MaxPayload = 10_000,
        async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            byte[] frames = announced
                ? [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
                : [.. RawWebSocket.Frame(2, new byte[4000], final: false), .. RawWebSocket.Frame(0, new byte[4000], final: false), .. RawWebSocket.Frame(0, new byte[4000], final: false)];
            await socket.SendAsync(frames);
            Assert.Equal((1009, ""), await socket.ReadCloseAsync());
        });

    /// <summary>ws: a ping was answered with memory that was not its own.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("125")]
    [InlineData("x")]
    public Task Cve201610518_APong_HoldsWhatThePingHeld(string payload) => BesideOthersAsync(
        null,
        async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.SendAsync(RawWebSocket.Frame(9, Encoding.UTF8.GetBytes(payload)));
            var (opcode, pong, _) = await socket.ReadFrameAsync();
            Assert.Equal((10, payload), (opcode, Encoding.UTF8.GetString(pong)));
        });

    /// <summary>ws: a header of many blanks took quadratic time; GHSA-5v72-xg48-5rpm: an extension of an object's property ended the process.</summary>
    [Theory]
    [InlineData("Sec-WebSocket-Protocol", "blanks")]
    [InlineData("Sec-WebSocket-Extensions", "blanks")]
    [InlineData("Sec-WebSocket-Extensions", "constructor")]
    [InlineData("Sec-WebSocket-Extensions", ",;constructor")]
    [InlineData("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=\"")]
    [InlineData("Sec-WebSocket-Protocol", ",,,")]
    public Task Cve202132640_AnOddHeader_IsReadOrRefused(string name, string value) => BesideOthersAsync(
        static options => options.PerMessageDeflate.Enabled = true,
        async host =>
        {
            value = value == "blanks" ? "b" + new string(' ', 20_000) + "x" : value;
            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.Request("?EIO=4&transport=websocket", (name, value)));
            Assert.Matches("^HTTP/1.1 (101|400) ", socket.Head);
            Assert.DoesNotContain("permessage-deflate", socket.Head, StringComparison.OrdinalIgnoreCase);
        });

    /// <summary>ws: more headers than the platform counts ended the process.</summary>
    [Fact]
    public Task Cve202437890_ManyHeaders_AreRefused() => BesideOthersAsync(
        null,
        static async host =>
        {
            var many = Enumerable.Range(0, 2000).Select(static index => ($"x{index}", "x")).ToArray();
            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.Request("?EIO=4&transport=websocket", many));
            Assert.StartsWith("HTTP/1.1 431 ", socket.Head, StringComparison.Ordinal);
        });

    /// <summary>ws: a flood of tiny fragments held far more memory than it sent.</summary>
    [Fact]
    public Task Cve202648779_TinyFragments_AreCounted() => BesideOthersAsync(
        null,
        static async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.SendAsync(RawWebSocket.Frame(2, [1], final: false));
            await socket.Connection.SendAsync(Enumerable.Repeat(RawWebSocket.Frame(0, [], final: false), 1024).SelectMany(static frame => frame).ToArray());
            Assert.Equal((1008, ""), await socket.ReadCloseAsync());
        });

    /// <summary>socket.io-parser: a packet of very many pieces took quadratic time and memory.</summary>
    [Fact]
    public Task Cve202036049_AMessageOfManyPieces_IsPutTogetherOnce() => BesideOthersAsync(
        null,
        static async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.SendAsync(RawWebSocket.Frame(1, "4"u8, final: false));
            var piece = RawWebSocket.Frame(0, Encoding.UTF8.GetBytes(new string('x', 900)), final: false);
            await socket.Connection.SendAsync(Enumerable.Repeat(piece, 1000).SelectMany(static bytes => bytes).ToArray());
            await socket.SendAsync(RawWebSocket.Frame(0, []));
            Assert.Equal(900_001, (await socket.ReadTextAsync()).Length);
        });

    /// <summary>.NET: a frame that ends in its header was read for ever.</summary>
    [Theory]
    [InlineData(new byte[] { 0x81 })]
    [InlineData(new byte[] { 0x81, 0xFE, 0x01 })]
    [InlineData(new byte[] { 0x81, 0xFF, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x81, 0x85, 1, 2, 3 })]
    [InlineData(new byte[] { 0x81, 0x85, 1, 2, 3, 4, 5 })]
    public Task Cve202126423_AFrame_ThatIsCutOff_EndsItsSession(byte[] bytes) => BesideOthersAsync(
        null,
        async host =>
        {
            var socket = await host.OpenWebSocketAsync();
            await socket.SendAsync(bytes);
            var ending = host.Handler.NextClosed();
            socket.Dispose();
            Assert.Equal(EngineCloseReason.TransportClose, await ending);
        });

    /// <summary>Kestrel: a chunk whose line ends otherwise hid a second request from a proxy. The platform refuses it, and the connection ends with it.</summary>
    [Fact]
    public Task Cve202555315_AChunkExtension_WithABareNewline_IsRefused() => BesideOthersAsync(
        null,
        static async host =>
        {
            var sid = await host.OpenAsync();
            using var connection = await RawConnection.ConnectAsync(host.Port);
            await connection.SendAsync(
                $"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2;\nxx\r\n4a\r\n0\r\n\r\nGET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
            var answer = await connection.ReadToEndAsync();
            Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("a", host.Handler.Messages);
        });

    private static async Task BesideOthersAsync(Action<EngineIOOptions>? configure, Func<EngineTestHost, Task> attack)
    {
        await using var host = await EngineTestHost.StartAsync(configure);
        using var others = await Neighbours.OfAsync(host);
        await others.ReceiveEverythingAsync();
        await attack(host);
        await others.ReceiveEverythingAsync();
    }
}
