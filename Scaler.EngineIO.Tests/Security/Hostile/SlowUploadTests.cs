using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Scaler.EngineIO.Tests.Security.Hostile;

/// <summary>Tests slow clients, and clients that leave half-way. Scaler must not defeat the limits of Kestrel.</summary>
[Collection(HostileCollection.Name)]
public sealed class SlowUploadTests
{
    private const int Clients = 50;

    // Kestrel's default rates with shorter timeouts, to keep the tests fast.
    private static void ShortenTimeouts(KestrelServerOptions kestrel)
    {
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromMilliseconds(1500));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromMilliseconds(1500));
    }

    [Fact]
    public async Task Headers_NeverEnd_AreCutOff()
    {
        await using var host = await HostileHost.StartAsync(kestrel: ShortenTimeouts);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
        {
            using var connection = await RawConnection.ConnectAsync(host.Port);
            await connection.SendAsync(i % 2 == 0 ? "GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\nX-Slow: " : "GE");
            var answer = await connection.ReadToEndAsync();
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), answer);
        })).WithTimeout();
    }

    [Theory]
    [InlineData("Content-Length: 100000\r\n\r\n")]
    [InlineData("Content-Length: 100000\r\n\r\n4half")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3E8\r\n4half")]
    public async Task Post_BodyStalls_IsCutOffAndEndsTheSession(string rest)
    {
        await using var host = await HostileHost.StartAsync(kestrel: ShortenTimeouts);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            using var connection = await RawConnection.ConnectAsync(host.Port);
            await connection.SendAsync(Post(sid) + rest);
            var answer = await connection.ReadToEndAsync();
            Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
            Assert.Contains("Connection: close\r\n", answer, StringComparison.OrdinalIgnoreCase);
            (await host.Engine.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
        })).WithTimeout();
        for (var i = 0; i < Clients; i++)
        {
            Assert.Equal(EngineCloseReason.TransportError, await host.Handler.WaitForClosedAsync());
        }
    }

    [Fact]
    public async Task Post_ResetHalfWay_EndsTheSessionAndDeliversNothing()
    {
        await using var host = await HostileHost.StartAsync(handler: new EngineTestHandler());
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            using var connection = await RawConnection.ConnectAsync(host.Port);
            var body = i % 3 == 0 ? "" : "4half" + new string('x', i * 1000);
            await connection.SendAsync(Post(sid) + "Content-Length: 500000\r\n\r\n" + body);
            Assert.True(host.Engine.Server.TryGetSession(sid, out var session));
            await session.WaitForPostAsync();
            connection.Reset();
        })).WithTimeout();
        for (var i = 0; i < Clients; i++)
        {
            Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
        }

        Assert.DoesNotContain(host.Handler.Messages, static message => message.StartsWith("half", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Poll_ResetWhileHeld_EndsTheSession()
    {
        await using var host = await HostileHost.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            using var connection = await RawConnection.ConnectAsync(host.Port);
            await connection.SendAsync($"GET /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.True(host.Engine.Server.TryGetSession(sid, out var session));
            await session.WaitForHeldPollAsync();
            connection.Reset();
        })).WithTimeout();
        for (var i = 0; i < Clients; i++)
        {
            Assert.Equal(EngineCloseReason.TransportClose, await host.Handler.WaitForClosedAsync());
        }
    }

    [Fact]
    public async Task Post_ClientLeavesBeforeTheResponse_HarmsNoOtherClient()
    {
        await using var host = await HostileHost.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            for (var i = 0; i < 10; i++)
            {
                using var connection = await RawConnection.ConnectAsync(host.Port);
                await connection.SendAsync(Post(sid) + "Content-Length: 2\r\n\r\n4x");
                connection.Reset();
            }

            // Two concurrent POSTs end the session and cut off the first of the two. This POST is cut off if it overtakes one of
            // those above.
            await Deadline.WaitUntilAsync(async () =>
            {
                try
                {
                    await host.Engine.PostAsync(sid, "1");
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
        })).WithTimeout();
    }

    /// <summary>At Kestrel's minimum rate, a response of this size may take more than an hour.</summary>
    [Fact]
    public async Task Response_ReadSlowly_IsCutOffSoonAfterTheSessionEnds()
    {
        const int Length = 300_000;
        await using var host = await HostileHost.StartAsync(
            options =>
            {
                options.PingTimeout = TimeSpan.FromSeconds(3);
                options.ClosedSessionRetention = TimeSpan.FromMilliseconds(200);
            },
            services: SmallSockets.Configure);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            var sid = await host.Engine.OpenPollingAsync();
            for (var i = 0; i < 3; i++)
            {
                (await host.Engine.PostAsync(sid, "4" + new string('x', Length))).AssertBody(200, "ok");
            }

            using var connection = await RawConnection.ConnectAsync(host.Port, SmallSockets.Size);
            await connection.SendAsync($"GET /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.InRange(await ReadSlowlyAsync(connection), 1, Length / 2);
        })).WithTimeout();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(EngineCloseReason.PingTimeout, await host.Handler.WaitForClosedAsync());
        }
    }

    /// <summary>Reads slowly until the server ends the connection.</summary>
    /// <returns>The number of bytes read.</returns>
    private static async Task<int> ReadSlowlyAsync(RawConnection connection)
    {
        const int Piece = 512;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var read = 0;
        try
        {
            for (; ; read += Piece)
            {
                await connection.SkipAsync(Piece);
                await pace.WaitForNextTickAsync();
            }
        }
        catch (Exception exception) when (exception is SocketException or EndOfStreamException)
        {
            return read;
        }
    }

    private static string Post(string sid) => $"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n";
}
