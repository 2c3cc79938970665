using System.Globalization;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>
/// Tests every violation of RFC 6455 at every point of a connection's lifetime. A violation ends that connection with the
/// required close code. A polling session whose upgrade has not completed continues.
/// </summary>
[Collection(HostileCollection.Name)]
public sealed class FrameTests
{
    [Fact]
    public async Task Violation_SentTogetherWithTheHandshake_ClosesWithItsCode()
    {
        await using var host = await HostileHost.StartAsync(HostileHost.DelayPings);
        await ForEachViolationAsync(async violation =>
        {
            using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"), violation.Frames);
            Assert.StartsWith("HTTP/1.1 101 ", socket.ResponseHeaders, StringComparison.Ordinal);
            Assert.StartsWith("0{", await socket.ReadTextAsync(), StringComparison.Ordinal);
            return await CodeAsync(socket);
        });
    }

    [Fact]
    public async Task Violation_OnAnOpenSession_ClosesWithItsCode()
    {
        await using var host = await HostileHost.StartAsync(HostileHost.DelayPings);
        await ForEachViolationAsync(async violation =>
        {
            using var socket = await host.Engine.OpenWebSocketAsync();
            await socket.SendAsync(violation.Frames);
            return await CodeAsync(socket);
        });
    }

    [Fact]
    public async Task Violation_SentByteByByte_ClosesWithItsCode()
    {
        await using var host = await HostileHost.StartAsync(HostileHost.DelayPings);
        await ForEachViolationAsync(async violation =>
        {
            using var socket = await host.Engine.OpenWebSocketAsync();
            foreach (var part in violation.Frames.Take(300))
            {
                await socket.SendAsync(part);
            }

            await socket.SendAsync(violation.Frames.Skip(300).ToArray());
            return await CodeAsync(socket);
        });
    }

    [Fact]
    public async Task Violation_BeforeTheProbe_KeepsPollingAlive() => await OnUpgradeAsync(async (host, sid, violation) =>
    {
        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket&sid=" + sid), violation.Frames);
        return await CodeAsync(socket);
    });

    [Fact]
    public async Task Violation_AfterTheProbe_KeepsPollingAlive() => await OnUpgradeAsync(async (host, sid, violation) =>
    {
        using var socket = await host.Engine.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        await socket.SendAsync(violation.Frames);
        return await CodeAsync(socket);
    });

    [Fact]
    public async Task Violation_AfterTheUpgrade_EndsTheSession()
    {
        await using var host = await HostileHost.StartAsync(HostileHost.DelayPings);
        await ForEachViolationAsync(async violation =>
        {
            var (sid, socket) = await host.Engine.OpenUpgradedAsync();
            using (socket)
            {
                await socket.SendAsync(violation.Frames);
                var code = await CodeAsync(socket);

                // The close frame is sent after the queued messages, and then the session ends.
                await Deadline.WaitUntilAsync(() => !host.Engine.Server.TryGetSession(sid, out _));
                return code;
            }
        });
    }

    private static async Task OnUpgradeAsync(Func<HostileHost, string, Violation, Task<int>> attack)
    {
        await using var host = await HostileHost.StartAsync(HostileHost.DelayPings);
        await ForEachViolationAsync(async violation =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            var code = await attack(host, sid, violation);
            Assert.True(host.Engine.Server.TryGetSession(sid, out var session));
            await EngineSessionExtensions.WaitUntilAsync(() => !session.IsUpgrading, "the attempt to be dropped");
            (await host.Engine.PostAsync(sid, "4still here")).AssertBody(200, "ok");
            (await host.Engine.PollAsync(sid)).AssertBody(200, "4still here");
            (await host.Engine.PostAsync(sid, "1")).AssertBody(200, "ok");
            return code;
        });
    }

    private static async Task ForEachViolationAsync(Func<Violation, Task<int>> attack)
    {
        var wrong = await Task.WhenAll(Violation.All.Select(async violation =>
        {
            var code = await attack(violation);
            return code == violation.Code ? null : string.Create(CultureInfo.InvariantCulture, $"{violation.Name}: {code} instead of {violation.Code}");
        })).WithTimeout();
        Assert.DoesNotContain(wrong, static line => line is not null);
    }

    private static async Task<int> CodeAsync(RawWebSocket socket)
    {
        while (true)
        {
            var (opcode, payload, _) = await socket.ReadFrameAsync();
            if (opcode == RawWebSocket.CloseOpcode)
            {
                return (payload[0] << 8) | payload[1];
            }

            // Skips a ping of the session, or a pong.
        }
    }
}
