using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Wire;

public sealed class LimitTests
{
    [Fact]
    public async Task Post_OfExactlyMaxPayload_IsAccepted()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var body = "4" + new string('x', 999_999);
        (await host.PostAsync(sid, body)).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_OneByteAboveMaxPayload_Returns413AndClosesTheSession(bool chunked)
    {
        await using var host = await EngineTestHost.StartAsync(options => options.MaxPayload = 1000);
        var sid = await host.OpenPollingAsync();
        // The limit counts bytes, not characters: a euro sign is three bytes.
        var body = Encoding.UTF8.GetBytes("4" + new string('€', 333) + "x");
        Assert.Equal(1001, body.Length);
        using var connection = await RawConnection.ConnectAsync(host.Port);
        var head = $"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\n";
        await connection.SendAsync(chunked
            ? (byte[])[.. Encoding.ASCII.GetBytes(head + "Transfer-Encoding: chunked\r\n\r\n3E9\r\n"), .. body, .. "\r\n0\r\n\r\n"u8]
            : [.. Encoding.ASCII.GetBytes(head + "Content-Length: 1001\r\n\r\n"), .. body]);
        var answer = await connection.ReadHeadersAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 0\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(EngineCloseReason.PayloadTooLarge, await host.Handler.WaitForClosedAsync());
        Assert.Empty(host.Handler.Messages);
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    [Theory]
    [InlineData("Content-Length: 1001\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3E9\r\n4")]
    public async Task Post_AboveMaxPayload_Returns413BeforeTheHeldPollEnds(string start)
    {
        var filter = new CompletionFilter();
        await using var host = await EngineTestHost.StartAsync(
            options => options.MaxPayload = 1000, services: services => services.AddSingleton<IStartupFilter>(filter));
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var poll = await host.HoldPollAsync(session, sid);
        using var connection = await RawConnection.ConnectAsync(host.Port);
        var head = $"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\n";
        await connection.SendAsync(head + start + new string('x', 1000));

        // The client has received the whole response, while the server has not continued after it.
        Assert.StartsWith("HTTP/1.1 413 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
        await filter.Completed.Task.WithTimeout("the server to complete the response");
        Assert.Equal((EngineSessionState.Open, true, false), (session.State, session.HasHeldPoll, poll.IsCompleted));

        filter.Continue.SetResult();
        (await poll).AssertBody(200, "1");
        Assert.Equal(EngineCloseReason.PayloadTooLarge, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task Post_WithAContentLengthAboveMaxPayload_Returns413BeforeTheBody()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync($"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 100\r\n\r\n4", "x")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1\r\n4\r\n", "1\r\nx\r\n")]
    public async Task Post_WhoseBodyTakesLongerThanItsTimeout_Returns408AndClosesTheSession(string start, string more)
    {
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(options => options.PingInterval = TimeSpan.FromHours(1), null, time);
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var poll = await host.HoldPollAsync(session, sid);
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync($"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\n{start}");
        await EngineSessionExtensions.WaitUntilAsync(
            () => host.Server.Runtime.RequestBodyDeadlines.First is not null, "the server to wait for the body");
        // The limit applies to the whole body: more data does not extend it.
        for (var part = 0; part < 3; part++)
        {
            time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(10));
            await connection.SendAsync(more);
            Assert.Equal(EngineSessionState.Open, session.State);
        }

        time.Advance(TimeSpan.FromMilliseconds(50));
        var answer = await connection.ReadHeadersAsync();
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.OrdinalIgnoreCase);
        (await poll).AssertBody(200, "1");
        Assert.Equal(EngineCloseReason.TransportError, await host.Handler.WaitForClosedAsync());
        Assert.Empty(host.Handler.Messages);
        (await host.PollAsync(sid)).AssertError(400, 1, "Session ID unknown");
    }

    /// <summary>CVE-2020-36048: POST bodies exhausted the memory.</summary>
    [Fact]
    public async Task Cve202036048_EndlessBody_IsRefusedAtTheLimit()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.MaxPayload = 10_000);
        var sid = await host.OpenPollingAsync();
        using var connection = await RawConnection.ConnectAsync(host.Port);
        await connection.SendAsync($"POST /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var count = 0; count < 11; count++)
        {
            await connection.SendAsync("3E8\r\n" + new string('4', 1000) + "\r\n");
        }

        Assert.StartsWith("HTTP/1.1 413 ", await connection.ReadHeadersAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payload_OfTenThousandPackets_IsEchoedInOrder()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var payload = string.Join('\x1e', Enumerable.Range(0, 10_000).Select(static index => "4" + index));
        (await host.PostAsync(sid, payload)).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, payload);
    }

    [Theory]
    [InlineData(50_000, 200)]
    [InlineData(50_001, 400)]
    public async Task Payload_OfMoreThanFiftyThousandPackets_IsRefusedWithCode3(int count, int status)
    {
        await using var host = await EngineTestHost.StartAsync(null, new EngineTestHandler { Message = static (_, _, _) => default });
        var sid = await host.OpenPollingAsync();
        var answer = await host.PostAsync(sid, string.Join('\x1e', Enumerable.Repeat("4", count)));
        Assert.Equal(status, answer.StatusCode);
        if (status == 400)
        {
            answer.AssertError(400, 3, "Bad request");
            Assert.Equal(EngineCloseReason.ParseError, await host.Handler.WaitForClosedAsync());
            Assert.Empty(host.Handler.Messages);
        }
    }

    [Fact]
    public async Task WebSocketMessage_OfExactlyMaxPayload_IsAccepted()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var message = "4" + new string('x', 999_999);
        await socket.SendTextAsync(message);
        Assert.Equal(message, await socket.ReadTextAsync());
    }

    [Fact]
    public async Task WebSocketMessage_OneByteAboveMaxPayload_ClosesWith1009WithoutReason()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("4" + new string('x', 1_000_000));
        Assert.Equal((1009, ""), await socket.ReadCloseAsync());
        await socket.CompleteCloseAsync();
        Assert.Equal(EngineCloseReason.PayloadTooLarge, await host.Handler.WaitForClosedAsync());
    }

    [Theory]
    [InlineData(new byte[] { 0x82, 0xFF, 0, 0, 0, 0, 0, 0x0F, 0x42, 0x41, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0 })]
    public async Task WebSocketFrame_WithALengthAboveMaxPayload_IsRefusedBeforeThePayload(byte[] header)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendAsync(header);
        Assert.Equal((1009, ""), await socket.ReadCloseAsync());
    }

    [Fact]
    public async Task Fragments_WithATotalAboveMaxPayload_CloseWith1009()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.MaxPayload = 1000);
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendAsync(RawWebSocket.BuildFrame(2, new byte[600], final: false));
        await socket.SendAsync(RawWebSocket.BuildFrame(0, new byte[401], final: false));
        Assert.Equal((1009, ""), await socket.ReadCloseAsync());
    }

    /// <summary>CVE-2026-48779: a flood of tiny fragments.</summary>
    [Fact]
    public async Task Cve202648779_FloodOfTinyFragments_ClosesTheConnection()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendAsync(RawWebSocket.BuildFrame(2, [1], final: false));
        await socket.Connection.SendAsync(
            Enumerable.Repeat(RawWebSocket.BuildFrame(0, [], final: false), 1024).SelectMany(static frame => frame).ToArray());
        Assert.Equal((1008, ""), await socket.ReadCloseAsync());
        await socket.CompleteCloseAsync();
        Assert.Equal(EngineCloseReason.TransportError, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task Fragments_UpToTheLimit_AreReassembled()
    {
        await using var host = await EngineTestHost.StartAsync(options => options.MaxFragmentsPerMessage = 3);
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendAsync(RawWebSocket.BuildFrame(2, [1], final: false));
        await socket.SendAsync(RawWebSocket.BuildFrame(0, [2], final: false));
        await socket.SendAsync(RawWebSocket.BuildFrame(0, [3]));
        Assert.Equal([1, 2, 3], await socket.ReadBinaryAsync());
    }

    [Fact]
    public async Task PingFlood_FromAClientThatReads_IsAnsweredUpToTheLastPing()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await socket.Connection.SendAsync(Enumerable.Range(0, 1000).SelectMany(static index => RawWebSocket.BuildFrame(9, [(byte)index])).ToArray());
        byte[] payload;
        do
        {
            (var opcode, payload, _) = await socket.ReadFrameAsync();
            Assert.Equal(10, opcode);
        }
        while (payload[0] != 999 % 256);
    }

    /// <summary>Suspends a POST request when its response has been completed, until the test continues it.</summary>
    private sealed class CompletionFilter : IStartupFilter
    {
        public TaskCompletionSource Completed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Continue { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                if (HttpMethods.IsPost(context.Request.Method))
                {
                    context.Features.Set<IHttpResponseBodyFeature>(
                        new SuspendingBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), this));
                }

                return rest(context);
            });
            next(app);
        };
    }

    private sealed class SuspendingBody(IHttpResponseBodyFeature inner, CompletionFilter filter)
        : StreamResponseBodyFeature(inner.Stream, inner)
    {
        public override async Task CompleteAsync()
        {
            await PriorFeature!.CompleteAsync();
            filter.Completed.TrySetResult();
            await filter.Continue.Task.WithTimeout("the test to continue");
        }
    }
}
