using System.Text;

namespace Scaler.EngineIO.Tests.Security;

/// <summary>
/// Tries known vulnerabilities of other implementations on polling, the upgrade and WebSockets. Well-behaved clients run
/// beside each attacker and must lose nothing. The rows are those of SECURITY.md.
/// </summary>
public sealed class EngineAdvisoryTests
{
    /// <summary>engine.io: POST bodies exhausted the memory.</summary>
    [Fact]
    public Task Cve202036048_EndlessBody_IsCutOffAtTheLimit() => AttackAsync(
        static options => options.MaxPayload = 10_000,
        static async host =>
        {
            var sid = await host.OpenPollingAsync();
            using var connection = await RawConnection.ConnectAsync(host.Port);
            await connection.SendAsync($"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var count = 0; count < 11; count++)
            {
                await connection.SendAsync("3E8\r\n" + new string('4', 1000) + "\r\n");
            }

            Assert.StartsWith("HTTP/1.1 413 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        });

    /// <summary>engine.io: an invalid frame before the session existed crashed the process.</summary>
    [Theory]
    [InlineData("?EIO=4&transport=websocket")]
    [InlineData("?EIO=4&transport=websocket&sid=")]
    public Task Cve202221676_InvalidFrameRightAfterTheRequest_EndsThatConnectionOnly(string query) => AttackAsync(
        null,
        async host =>
        {
            if (query.EndsWith('='))
            {
                query += await host.OpenPollingAsync();
            }

            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest(query), RawWebSocket.BuildFrame(3, "x"u8, masked: false));
            Assert.StartsWith("HTTP/1.1 101 ", socket.ResponseHeaders, StringComparison.Ordinal);
            await socket.Connection.ReadToEndAsync();
        });

    /// <summary>engine.io: a connection reset during the upgrade crashed the process.</summary>
    [Fact]
    public Task Cve202241940_ResetDuringTheUpgrade_KeepsPollingAlive() => AttackAsync(
        null,
        static async host =>
        {
            var sid = await host.OpenPollingAsync();
            var socket = await host.ConnectWebSocketAsync(sid);
            await socket.SendTextAsync("2probe");
            Assert.Equal("3probe", await socket.ReadTextAsync());
            socket.Connection.Reset();
            using var cut = await RawConnection.ConnectAsync(host.Port);
            await cut.SendAsync(RawWebSocket.BuildRequest("?EIO=4&transport=websocket&sid=" + sid)[..60]);
            cut.Reset();
            (await host.PostAsync(sid, "4still here")).AssertBody(200, "ok");
            Assert.EndsWith("4still here", (await host.PollAsync(sid)).Text, StringComparison.Ordinal);
        });

    /// <summary>engine.io: a transport named like a property of every JavaScript object crashed the process.</summary>
    [Theory]
    [InlineData("constructor")]
    [InlineData("__proto__")]
    [InlineData("toString")]
    [InlineData("hasOwnProperty")]
    [InlineData("GetType")]
    public Task Cve202331125_TransportNamedLikeAnObjectProperty_IsUnknown(string transport) => AttackAsync(
        null,
        async host =>
        {
            (await host.GetAsync("?EIO=4&transport=" + transport)).AssertError(400, 0, "Transport unknown");
            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=" + transport));
            Assert.StartsWith("HTTP/1.1 400 ", socket.ResponseHeaders, StringComparison.Ordinal);
        });

    /// <summary>python-engineio, GHSA-cgwc-pv48-fhj5: each pong started a thread.</summary>
    [Fact]
    public Task GhsaCgwcPv48_UnsolicitedPongs_AreIgnored() => AttackAsync(
        null,
        static async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.Connection.SendAsync(Enumerable.Range(0, 10_000).SelectMany(static _ => RawWebSocket.BuildTextFrame("3")).ToArray());
            await socket.SendTextAsync("4after");
            Assert.Equal("4after", await socket.ReadTextAsync());
        });

    /// <summary>ws: an overlong payload crashed the process. Bandit, CVE-2026-42786: endless fragments did so too.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Cve201610542_OverlongMessage_IsRefusedBeforeItIsBuffered(bool announced) => AttackAsync(
        static options => options.MaxPayload = 10_000,
        async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            byte[] frames = announced
                ? [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
                : [.. RawWebSocket.BuildFrame(2, new byte[4000], final: false), .. RawWebSocket.BuildFrame(0, new byte[4000], final: false), .. RawWebSocket.BuildFrame(0, new byte[4000], final: false)];
            await socket.SendAsync(frames);
            Assert.Equal((1009, ""), await socket.ReadCloseAsync());
        });

    /// <summary>ws: a pong contained memory that was not part of the ping.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("125")]
    [InlineData("x")]
    public Task Cve201610518_Ping_IsAnsweredWithItsOwnPayload(string payload) => AttackAsync(
        null,
        async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.SendAsync(RawWebSocket.BuildFrame(9, Encoding.UTF8.GetBytes(payload)));
            var (opcode, pong, _) = await socket.ReadFrameAsync();
            Assert.Equal((10, payload), (opcode, Encoding.UTF8.GetString(pong)));
        });

    /// <summary>
    /// ws: a header with many spaces took quadratic time. GHSA-5v72-xg48-5rpm: an extension named like an object property
    /// crashed the process.
    /// </summary>
    [Theory]
    [InlineData("Sec-WebSocket-Protocol", "blanks")]
    [InlineData("Sec-WebSocket-Extensions", "blanks")]
    [InlineData("Sec-WebSocket-Extensions", "constructor")]
    [InlineData("Sec-WebSocket-Extensions", ",;constructor")]
    [InlineData("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=\"")]
    [InlineData("Sec-WebSocket-Protocol", ",,,")]
    public Task Cve202132640_UnusualHeader_IsParsedOrRefused(string name, string value) => AttackAsync(
        static options => options.PerMessageDeflate.Enabled = true,
        async host =>
        {
            value = value == "blanks" ? "b" + new string(' ', 20_000) + "x" : value;
            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket", (name, value)));
            Assert.Matches("^HTTP/1.1 (101|400) ", socket.ResponseHeaders);
            Assert.DoesNotContain("permessage-deflate", socket.ResponseHeaders, StringComparison.OrdinalIgnoreCase);
        });

    /// <summary>ws: a request with more headers than the platform's limit crashed the process.</summary>
    [Fact]
    public Task Cve202437890_ManyHeaders_AreRefused() => AttackAsync(
        null,
        static async host =>
        {
            var many = Enumerable.Range(0, 2000).Select(static index => ($"x{index}", "x")).ToArray();
            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket", many));
            Assert.StartsWith("HTTP/1.1 431 ", socket.ResponseHeaders, StringComparison.Ordinal);
        });

    /// <summary>ws: a flood of tiny fragments occupied far more memory than was sent.</summary>
    [Fact]
    public Task Cve202648779_TinyFragments_AreCounted() => AttackAsync(
        null,
        static async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.SendAsync(RawWebSocket.BuildFrame(2, [1], final: false));
            await socket.Connection.SendAsync(Enumerable.Repeat(RawWebSocket.BuildFrame(0, [], final: false), 1024).SelectMany(static frame => frame).ToArray());
            Assert.Equal((1008, ""), await socket.ReadCloseAsync());
        });

    /// <summary>socket.io-parser: a packet of very many parts took quadratic time and memory.</summary>
    [Fact]
    public Task Cve202036049_MessageOfManyFragments_IsAssembledOnce() => AttackAsync(
        null,
        static async host =>
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.SendAsync(RawWebSocket.BuildFrame(1, "4"u8, final: false));
            var fragment = RawWebSocket.BuildFrame(0, Encoding.UTF8.GetBytes(new string('x', 900)), final: false);
            await socket.Connection.SendAsync(Enumerable.Repeat(fragment, 1000).SelectMany(static bytes => bytes).ToArray());
            await socket.SendAsync(RawWebSocket.BuildFrame(0, []));
            Assert.Equal(900_001, (await socket.ReadTextAsync()).Length);
        });

    /// <summary>.NET: reading a frame that ended within its header never returned.</summary>
    [Theory]
    [InlineData(new byte[] { 0x81 })]
    [InlineData(new byte[] { 0x81, 0xFE, 0x01 })]
    [InlineData(new byte[] { 0x81, 0xFF, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x81, 0x85, 1, 2, 3 })]
    [InlineData(new byte[] { 0x81, 0x85, 1, 2, 3, 4, 5 })]
    public Task Cve202126423_TruncatedFrame_EndsItsSession(byte[] bytes) => AttackAsync(
        null,
        async host =>
        {
            var socket = await host.OpenWebSocketAsync();
            await socket.SendAsync(bytes);
            var closed = host.Handler.WaitForClosedAsync();
            socket.Dispose();
            Assert.Equal(EngineCloseReason.TransportClose, await closed);
        });

    /// <summary>
    /// Kestrel: a bare newline in a chunk extension hid a second request from a proxy. The fixed Kestrel refuses it and closes
    /// the connection.
    /// </summary>
    [Fact]
    public Task Cve202555315_ChunkExtensionWithABareNewline_IsRefused() => AttackAsync(
        null,
        static async host =>
        {
            var sid = await host.OpenPollingAsync();
            using var connection = await RawConnection.ConnectAsync(host.Port);
            await connection.SendAsync(
                $"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2;\nxx\r\n4a\r\n0\r\n\r\nGET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n");
            var answer = await connection.ReadToEndAsync();
            Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("a", host.Handler.Messages);
        });

    private static async Task AttackAsync(Action<EngineIOOptions>? configure, Func<EngineTestHost, Task> attack)
    {
        await using var host = await EngineTestHost.StartAsync(configure);
        using var others = await WellBehavedClients.ConnectAsync(host);
        await others.AssertUnaffectedAsync();
        await attack(host);
        await others.AssertUnaffectedAsync();
    }
}
