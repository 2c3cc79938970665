using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>Tests connections that are reset (RST) at each step of a handshake and of an upgrade.</summary>
[Collection(HostileCollection.Name)]
public sealed class ResetTests
{
    private const int Clients = 40;
    private const int Conflict = 4409;

    public static TheoryData<string> Steps => ["before the 101", "after the 101", "after the probe", "after the probe's answer"];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Upgrade_Reset_KeepsPollingAlive(string step)
    {
        await using var host = await HostileHost.StartAsync(HostileHost.DelayPings);
        await ForEachClientAsync(async _ =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            Assert.True(host.Engine.Server.TryGetSession(sid, out var session));
            for (var attempt = 0; attempt < 3; attempt++)
            {
                await ResetAsync(host, sid, step);
            }

            await EngineSessionExtensions.WaitUntilAsync(() => !session.IsUpgrading, "the attempts to be dropped");
            (await host.Engine.PostAsync(sid, "4still here")).AssertBody(200, "ok");
            (await host.Engine.PollAsync(sid)).AssertBody(200, "4still here");

            // A well-behaved upgrade still succeeds.
            using var socket = await ProbeAsync(host, sid);
            await socket.SendTextAsync("5");
            await socket.SendTextAsync("1");
            await EngineSessionExtensions.WaitUntilAsync(() => session.State > EngineSessionState.Open, "the end of the session");
        });
        for (var i = 0; i < Clients; i++)
        {
            Assert.Equal(EngineCloseReason.ClientClose, await host.Handler.WaitForClosedAsync());
        }
    }

    [Theory]
    [InlineData("5")]
    [InlineData("5", "4hello")]
    public async Task Upgrade_ResetOnceConfirmed_EndsTheSession(params string[] packets)
    {
        await using var host = await HostileHost.StartAsync(HostileHost.DelayPings);
        await ForEachClientAsync(async i =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            Assert.True(host.Engine.Server.TryGetSession(sid, out var session));
            var poll = i % 2 == 0 ? host.Engine.PollAsync(sid) : null;
            using var socket = await host.Engine.ConnectWebSocketAsync(sid);
            await socket.SendTextAsync("2probe");
            Assert.Equal("3probe", await socket.ReadTextAsync());
            if (poll is not null)
            {
                (await poll).AssertBody(200, "6");
            }

            await socket.SendAsync(packets.SelectMany(RawWebSocket.BuildTextFrame).ToArray());
            await EngineSessionExtensions.WaitUntilAsync(() => session.Transport == EngineTransport.WebSocket, "the upgrade");
            socket.Connection.Reset();
        });
        for (var i = 0; i < Clients; i++)
        {
            Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
        }
    }

    /// <summary>The server may see the upgrade or the reset first. The session continues with polling, or has ended.</summary>
    [Fact]
    public async Task Upgrade_ResetTogetherWithItsConfirmation_LeavesNothingBehind()
    {
        await using var host = await HostileHost.StartAsync();
        await ForEachClientAsync(async _ =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            Assert.True(host.Engine.Server.TryGetSession(sid, out var session));
            using var socket = await host.Engine.ConnectWebSocketAsync(sid);
            await session.WaitForUpgradeAsync();
            await socket.SendAsync([.. RawWebSocket.BuildTextFrame("2probe"), .. RawWebSocket.BuildTextFrame("5"), .. RawWebSocket.BuildTextFrame("4x")]);
            socket.Connection.Reset();
            await EngineSessionExtensions.WaitUntilAsync(() => !session.IsUpgrading, "the attempt to end");
            if (session.State == EngineSessionState.Open && session.Transport == EngineTransport.Polling)
            {
                (await host.Engine.PostAsync(sid, "4still here")).AssertBody(200, "ok");
                await session.CloseAsync().AsTask().WithTimeout();
            }
        });
    }

    [Theory]
    [InlineData("before the 101")]
    [InlineData("after the 101")]
    [InlineData("after the open packet")]
    [InlineData("within a frame")]
    [InlineData("within a message")]
    [InlineData("after a close frame")]
    public async Task WebSocketSession_Reset_Ends(string step)
    {
        await using var host = await HostileHost.StartAsync();
        await ForEachClientAsync(async _ =>
        {
            if (step == "before the 101")
            {
                using var connection = await RawConnection.ConnectAsync(host.Port);
                await connection.SendAsync(RawWebSocket.BuildRequest("?EIO=4&transport=websocket"));
                connection.Reset();
                return;
            }

            using var socket = await host.Engine.ConnectWebSocketAsync();
            if (step != "after the 101")
            {
                await socket.ReadTextAsync();
            }

            await socket.SendAsync(step switch
            {
                "within a frame" => RawWebSocket.BuildTextFrame("4hello")[..8],
                "within a message" => RawWebSocket.BuildFrame(1, "4hello"u8, final: false),
                "after a close frame" => RawWebSocket.BuildFrame(RawWebSocket.CloseOpcode, []),
                _ => [],
            });
            socket.Connection.Reset();
        });
    }

    /// <summary>The connection is reset while the application is still handling the handshake.</summary>
    [Fact]
    public async Task Handshake_ResetWhileTheApplicationDecides_LeavesNoSession()
    {
        var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = 0;
        await using var host = await HostileHost.StartAsync(handler: new EngineTestHandler
        {
            DiscardsMessages = true,
            Opened = async (session, _) =>
            {
                if (session.Handshake.Query.ContainsKey("slow"))
                {
                    Interlocked.Increment(ref waiting);
                    await decided.Task;
                }
            },
        });
        var connections = new List<RawConnection>();
        for (var i = 0; i < Clients; i++)
        {
            var connection = await RawConnection.ConnectAsync(host.Port);
            connections.Add(connection);
            await connection.SendAsync(i % 2 == 0
                ? RawWebSocket.BuildRequest("?EIO=4&transport=websocket&slow=1")
                : "GET /engine.io/?EIO=4&transport=polling&slow=1 HTTP/1.1\r\nHost: a\r\n\r\n");
        }

        await Deadline.WaitUntilAsync(() => Volatile.Read(ref waiting) == Clients);
        connections.ForEach(static connection => connection.Reset());
        decided.SetResult();
        for (var i = 0; i < Clients; i++)
        {
            Assert.Contains(await host.Handler.WaitForClosedAsync(), (EngineCloseReason[])[EngineCloseReason.TransportClose, EngineCloseReason.PingTimeout]);
        }
    }

    /// <summary>
    /// Retries the upgrade while the server reports a conflict. The server may start a reset attempt only after its client has
    /// left.
    /// </summary>
    private static async Task<RawWebSocket> ProbeAsync(HostileHost host, string sid)
    {
        while (true)
        {
            var socket = await host.Engine.ConnectWebSocketAsync(sid);
            await socket.SendTextAsync("2probe");
            var (opcode, payload, _) = await socket.ReadFrameAsync();
            if (opcode == RawWebSocket.TextOpcode)
            {
                Assert.Equal("3probe", Encoding.UTF8.GetString(payload));
                return socket;
            }

            using (socket)
            {
                Assert.Equal(Conflict, BinaryPrimitives.ReadUInt16BigEndian(payload));
            }
        }
    }

    private static async Task ResetAsync(HostileHost host, string sid, string step)
    {
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync(RawWebSocket.BuildRequest(string.Create(CultureInfo.InvariantCulture, $"?EIO=4&transport=websocket&sid={sid}")));
        if (step != "before the 101")
        {
            // Until the server has seen the end of the first attempt, it closes a second one with a conflict, after the 101.
            Assert.StartsWith("HTTP/1.1 101 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        }

        if (step is "after the probe" or "after the probe's answer")
        {
            await connection.SendAsync(RawWebSocket.BuildTextFrame("2probe"));
        }

        if (step == "after the probe's answer")
        {
            await connection.ReadByteAsync();
        }

        connection.Reset();
    }

    private static Task ForEachClientAsync(Func<int, Task> attack) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(attack)).WithTimeout();
}
