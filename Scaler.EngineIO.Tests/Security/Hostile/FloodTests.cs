namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>Tests clients that send large numbers of small packets, frames and fragments.</summary>
[Collection(HostileCollection.Name)]
public sealed class FloodTests
{
    private const long MegaByte = 1024 * 1024;

    [Fact]
    public async Task Payload_MaximumNumberOfPackets_IsHandledAndOneMoreIsRefused()
    {
        await using var host = await HostileHost.StartAsync(handler: EchoNonEmpty());
        var messages = string.Join('\x1e', Enumerable.Repeat("4", 50_000));
        var pongs = string.Join('\x1e', Enumerable.Repeat("3", 50_000));
        var noops = string.Join('\x1e', Enumerable.Repeat("6", 50_000));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            foreach (var payload in new[] { messages, pongs, noops, messages })
            {
                (await host.Engine.PostAsync(sid, payload)).AssertBody(200, "ok");
            }

            (await host.Engine.PostAsync(sid, messages + "\u001e4")).AssertError(400, 3, "Bad request");
        })).WithTimeout();
        host.AssertMemoryGrowthBelow(32 * MegaByte);
    }

    [Fact]
    public async Task TinyPackets_ClientDoesNotPoll_FillNoMoreThanTheQueue()
    {
        // The echoes wait for a poll that never arrives. The POST waits for space in the queue, and then the session ends.
        await using var host = await HostileHost.StartAsync(options =>
        {
            options.MaxQueuedBytes = 64 * 1024;
            options.SlowConsumerTimeout = TimeSpan.FromMilliseconds(200);
        });
        var payload = string.Join('\x1e', Enumerable.Repeat("4x", 500));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            Assert.True(host.Engine.Server.TryGetSession(sid, out var session));
            while (session.State == EngineSessionState.Open)
            {
                await host.Engine.PostAsync(sid, payload);
                Assert.InRange(session.QueuedBytes, 0, 64 * 1024);
            }

            Assert.StartsWith("6\u001e1", (await host.Engine.PollAsync(sid)).Text, StringComparison.Ordinal);
        })).WithTimeout();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
        }
    }

    [Fact]
    public async Task TinyFrames_LargeNumber_AreHandled()
    {
        await using var host = await HostileHost.StartAsync(handler: EchoNonEmpty());
        var frames = Enumerable.Repeat(RawWebSocket.BuildTextFrame("4"), 10_000).SelectMany(static frame => frame).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var socket = await host.Engine.OpenWebSocketAsync();
            for (var i = 0; i < 5; i++)
            {
                await socket.SendAsync(frames);
            }

            await socket.SendTextAsync("4end");
            Assert.Equal("4end", await NextAsync(socket));
        })).WithTimeout();
        host.AssertMemoryGrowthBelow(32 * MegaByte);
    }

    [Fact]
    public async Task Pings_ClientDoesNotRead_QueueOnlyOnePong()
    {
        await using var host = await HostileHost.StartAsync();
        var pings = Enumerable.Repeat(RawWebSocket.BuildFrame(9, new byte[125]), 1000).SelectMany(static frame => frame).ToArray();
        var sockets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.Engine.OpenWebSocketAsync()));
        await Task.WhenAll(sockets.Select(async socket =>
        {
            for (var i = 0; i < 50; i++)
            {
                await socket.SendAsync(pings);
            }
        })).WithTimeout();
        host.AssertMemoryGrowthBelow(32 * MegaByte);
        Assert.All(host.Engine.Server.Sessions, static session => Assert.InRange(session.QueuedBytes, 0, 4096));
        foreach (var socket in sockets)
        {
            socket.Connection.Reset();
        }
    }

    [Fact]
    public async Task Protocol3Pings_ClientDoesNotRead_EndTheSession()
    {
        await using var host = await HostileHost.StartAsync(options =>
        {
            options.AllowV3 = true;
            options.MaxQueuedBytes = 64 * 1024;
        });
        var sid = await host.Engine.OpenPollingAsync(3);
        var pings = string.Concat(Enumerable.Repeat("1:2", 10_000));

        await host.Engine.PostAsync(sid, pings, 3);

        Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Fragments_WithoutAFinalOne_EndTheSession(int size)
    {
        await using var host = await HostileHost.StartAsync(HostileHost.DelayPings);
        var fragments = Enumerable.Repeat(RawWebSocket.BuildFrame(0, new byte[size], final: false), 2000).SelectMany(static frame => frame).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var socket = await host.Engine.OpenWebSocketAsync();
            await socket.SendAsync([.. RawWebSocket.BuildFrame(2, new byte[size], final: false), .. fragments]);
            Assert.Equal((1008, ""), await socket.ReadCloseAsync());
            await socket.CompleteCloseAsync();
        })).WithTimeout();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(EngineCloseReason.TransportError, await host.Handler.WaitForClosedAsync());
        }
    }

    [Fact]
    public async Task ControlFrames_WithinAMessage_DoNotBlockIt()
    {
        await using var host = await HostileHost.StartAsync();
        using var socket = await host.Engine.OpenWebSocketAsync();
        await socket.SendAsync(RawWebSocket.BuildFrame(1, "4he"u8, final: false));
        await socket.SendAsync(Enumerable.Repeat(RawWebSocket.BuildFrame(10, new byte[125]), 20_000).SelectMany(static frame => frame).ToArray());
        await socket.SendAsync(RawWebSocket.BuildFrame(0, "llo"u8));
        Assert.Equal("4hello", await NextAsync(socket));
        socket.Connection.Reset();
    }

    [Fact]
    public async Task LargeFrames_AnnouncedButNotSent_UseLittleMemory()
    {
        // 300 clients each announce a frame of 1 MB and send its first 1,000 bytes.
        var begin = RawWebSocket.BuildFrame(2, new byte[1_000_000])[..1000];
        await using var host = await HostileHost.StartAsync();
        var sockets = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => host.Engine.OpenWebSocketAsync()));
        foreach (var socket in sockets)
        {
            await socket.SendAsync(begin);
        }

        var other = await host.Engine.OpenWebSocketAsync();
        await other.SendTextAsync("4done");
        Assert.Equal("4done", await NextAsync(other));
        host.AssertMemoryGrowthBelow(32 * MegaByte);
        foreach (var socket in sockets.Append(other))
        {
            socket.Connection.Reset();
        }
    }

    private static EngineTestHandler EchoNonEmpty() => new()
    {
        DiscardsMessages = true,
        Message = static async (session, message, cancellationToken) =>
        {
            if (message.Data.Length > 0)
            {
                await session.SendAsync(message.Data, cancellationToken: cancellationToken);
            }
        },
    };

    private static async Task<string> NextAsync(RawWebSocket socket)
    {
        string text;
        while ((text = await socket.ReadTextAsync()) == "2")
        {
            await socket.SendTextAsync("3");
        }

        return text;
    }
}
