using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Suites;

/// <summary>Starts the echo server that the suites require, with a ping interval of 300 ms and a timeout of 200 ms.</summary>
internal static class SuiteHost
{
    public static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(300);
    public static readonly TimeSpan PingTimeout = TimeSpan.FromMilliseconds(200);

    public static Task<EngineTestHost> StartAsync(int version, FakeTimeProvider? time = null) => EngineTestHost.StartAsync(
        options =>
        {
            (options.PingInterval, options.PingTimeout) = (PingInterval, PingTimeout);
            options.AllowV3 = version == 3;
        },
        time: time ?? new FakeTimeProvider());

    /// <summary>Asserts the content of an open packet, without the lengths of a protocol 3 payload.</summary>
    public static void AssertOpenPacket(string packet, params string[] upgrades)
    {
        Assert.StartsWith("0", packet, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(packet[1..]);
        var open = document.RootElement;
        Assert.Equal(
            ["maxPayload", "pingInterval", "pingTimeout", "sid", "upgrades"],
            open.EnumerateObject().Select(static property => property.Name).Order(StringComparer.Ordinal));
        Assert.NotEmpty(open.GetProperty("sid").GetString()!);
        Assert.Equal(upgrades, open.GetProperty("upgrades").EnumerateArray().Select(static name => name.GetString()!));
        Assert.Equal(300, open.GetProperty("pingInterval").GetInt32());
        Assert.Equal(200, open.GetProperty("pingTimeout").GetInt32());
        Assert.Equal(1_000_000, open.GetProperty("maxPayload").GetInt32());
    }

    /// <summary>Asserts that a WebSocket request does not lead to an open WebSocket.</summary>
    public static async Task AssertRefusesWebSocketAsync(this EngineTestHost host, string query)
    {
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest(query));
        Assert.StartsWith("HTTP/1.1 400 ", socket.ResponseHeaders, StringComparison.Ordinal);
    }

    /// <summary>Posts a payload to a new session, and asserts that the next poll returns the echoes.</summary>
    public static async Task<EngineResponse> EchoAsync(this EngineTestHost host, int version, string payload, string more = "")
    {
        var sid = await host.OpenPollingAsync(version, more);
        (await host.PostAsync(sid, payload, version)).AssertBody(200, "ok");
        var echo = await host.PollAsync(sid, version);
        Assert.Equal(200, echo.StatusCode);
        return echo;
    }

    public static async Task AssertUnknownAsync(this EngineTestHost host, string sid, int version) =>
        (await host.PollAsync(sid, version)).AssertError(400, 1, "Session ID unknown");

    /// <summary>Reads until the server closes the WebSocket. The suites do not require a close code.</summary>
    public static async Task AssertClosesAsync(this RawWebSocket socket)
    {
        while ((await socket.ReadFrameAsync()).Opcode != RawWebSocket.CloseOpcode)
        {
        }
    }

    /// <summary>Opens a polling session and upgrades it to WebSocket, as far as the confirmation of the client.</summary>
    public static async Task<(string Sid, RawWebSocket Socket)> UpgradeAsync(this EngineTestHost host, int version)
    {
        var sid = await host.OpenPollingAsync(version);
        var socket = await host.ConnectWebSocketAsync(sid, version);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        await socket.SendTextAsync("5");
        return (sid, socket);
    }

    public static async Task AssertEchoesAsync(this RawWebSocket socket)
    {
        await socket.SendTextAsync("4hello");
        Assert.Equal("4hello", await socket.ReadTextAsync());
    }
}
