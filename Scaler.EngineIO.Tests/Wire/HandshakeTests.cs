using System.Net;
using System.Text.Json;

namespace Scaler.EngineIO.Tests.Wire;

public sealed class HandshakeTests
{
    [Fact]
    public async Task OpenPacket_OverPolling_HasExactlyFiveKeys()
    {
        await using var host = await EngineTestHost.StartAsync();
        var answer = await host.GetAsync("?EIO=4&transport=polling");
        Assert.Equal(200, answer.StatusCode);
        Assert.Equal("text/plain; charset=UTF-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal(answer.Bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), answer.Header("Content-Length"));
        var sid = EngineTestHost.ParseSid(answer.Text);
        Assert.Equal(
            $"0{{\"sid\":\"{sid}\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}}", answer.Text);
        Assert.True(sid.Length >= 32);
    }

    [Fact]
    public async Task OpenPacket_OverWebSocket_OffersNoUpgrade()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.ConnectWebSocketAsync();
        var packet = await socket.ReadTextAsync();
        using var json = JsonDocument.Parse(packet[1..]);
        Assert.Equal(0, json.RootElement.GetProperty("upgrades").GetArrayLength());
        Assert.Equal(["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"], json.RootElement.EnumerateObject().Select(static key => key.Name));
    }

    [Fact]
    public async Task OpenPacket_WhenUpgradesAreDisabled_OffersNone()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.AllowUpgrades = false);
        var answer = await host.GetAsync("?EIO=4&transport=polling");
        Assert.Contains("\"upgrades\":[]", answer.Text, StringComparison.Ordinal);
        using var socket = await RawWebSocket.RequestAsync(
            host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket&sid=" + EngineTestHost.ParseSid(answer.Text)));
        Assert.StartsWith("HTTP/1.1 400 ", socket.ResponseHeaders, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("polling", "?EIO=4&transport=websocket")]
    [InlineData("websocket", "?EIO=4&transport=polling")]
    public async Task Handshake_WithADisabledTransport_IsRefusedAsUnknown(string only, string query)
    {
        await using var host = await EngineTestHost.StartAsync(options => options.Transports = [only]);
        (await host.GetAsync(query)).AssertError(400, 0, "Transport unknown");
    }

    [Theory]
    [InlineData("/engine.io/")]
    [InlineData("/engine.io")]
    public async Task Handshake_WithOrWithoutTrailingSlash_Succeeds(string path)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var response = await host.Client.GetAsync(new Uri(path + "?EIO=4&transport=polling", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task InitialPacket_IsSentDirectlyAfterTheOpenPacket()
    {
        var handler = new EngineTestHandler
        {
            Opened = static async (session, token) => await session.SendAsync("from the handler", cancellationToken: token)
        };
        await using var host = await EngineTestHost.StartAsync(options => options.InitialPacket = "initial", handler);
        var answer = await host.GetAsync("?EIO=4&transport=polling");
        Assert.EndsWith("}\x1e" + "4initial\x1e" + "4from the handler", answer.Text, StringComparison.Ordinal);

        using var socket = await host.OpenWebSocketAsync();
        Assert.Equal("4initial", await socket.ReadTextAsync());
        Assert.Equal("4from the handler", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task Handshake_RequestData_IsAvailableOnTheSession()
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.KeptHeaders = ["X-Test"]);
        await host.GetAsync("?EIO=4&transport=polling&account=a%20b", ("X-Test", "value"));
        var session = await host.Handler.WaitForOpenedAsync();
        Assert.Equal("value", session.Handshake.Headers["x-test"]);
        Assert.Equal("a b", session.Handshake.Query["account"]);
        Assert.Equal(IPAddress.Loopback, session.Handshake.RemoteAddress?.MapToIPv4());
        Assert.False(session.Handshake.User.Identity!.IsAuthenticated);
        Assert.Equal(session.Handshake.Time, session.LastSeen);
        Assert.Equal(4, session.ProtocolVersion);
        Assert.Equal(EngineTransport.Polling, session.Transport);
        Assert.Equal(EngineSessionState.Open, session.State);
        Assert.NotEqual(session.Id, session.ConnectionId);
        Assert.True(session.ConnectionId.Length >= 16);
        Assert.True(host.Server.TryGetSession(session.Id, out var found));
        Assert.Same(session, found);
        Assert.Same(session, Assert.Single(host.Server.Sessions));
    }

    [Fact]
    public async Task OnOpened_BeforeItCompletes_DelaysTheOpenPacket()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new EngineTestHandler
        {
            Opened = async (_, _) =>
            {
                entered.TrySetResult();
                await release.Task;
            },
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        var answer = host.GetAsync("?EIO=4&transport=polling");
        await entered.Task.WithTimeout();
        Assert.False(answer.IsCompleted);
        release.SetResult();
        Assert.Equal(200, (await answer).StatusCode);
    }

    [Fact]
    public async Task OnOpened_WhenItThrows_ClosesOnlyThatSession()
    {
        var calls = 0;
        var handler = new EngineTestHandler
        {
            Opened = (_, _) => Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("a bug") : default,
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        host.AllowsErrors = true;
        var answer = await host.GetAsync("?EIO=4&transport=polling");
        Assert.EndsWith("}\x1e" + "1", answer.Text, StringComparison.Ordinal);
        Assert.Equal(EngineCloseReason.HandlerError, await handler.WaitForClosedAsync());
        Assert.Equal(0, host.Server.Count);
        await host.OpenPollingAsync();
        Assert.Equal(1, host.Server.Count);
    }

    [Fact]
    public async Task CloseAsync_InsideOnOpened_SendsTheOpenPacketThenTheClose()
    {
        var handler = new EngineTestHandler
        {
            Opened = static (session, _) =>
            {
                // Awaiting the close here would deadlock, because the close waits for this callback.
                var closing = session.CloseAsync(EngineCloseReason.Forbidden);
                return closing.IsCompleted ? closing : default;
            },
        };
        await using var host = await EngineTestHost.StartAsync(null, handler);
        using var socket = await host.ConnectWebSocketAsync();
        Assert.StartsWith("0{", await socket.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal((4403, "forbidden"), await socket.ReadCloseAsync());
        Assert.Equal(EngineCloseReason.Forbidden, await handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task Upgrade_WithSubprotocols_SelectsTheFirst()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.ConnectWebSocketAsync(headers: [("Sec-WebSocket-Protocol", "chat, superchat")]);
        Assert.Contains("Sec-WebSocket-Protocol: chat\r\n", socket.ResponseHeaders, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", socket.ResponseHeaders, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Frames_SentWithTheUpgradeRequest_AreDelivered()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await RawWebSocket.RequestAsync(
            host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"), RawWebSocket.BuildTextFrame("4first"));
        Assert.StartsWith("0{", await socket.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal("4first", await socket.ReadTextAsync());

        var sid = await host.OpenPollingAsync();
        using var probe = await RawWebSocket.RequestAsync(
            host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket&sid=" + sid), RawWebSocket.BuildTextFrame("2probe"));
        Assert.Equal("3probe", await probe.ReadTextAsync());
    }
}
