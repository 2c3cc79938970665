using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Scaler.EngineIO;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>Tests that a WebSocket outlives its upgrade request, and that Kestrel still tracks its connection.</summary>
public sealed class UpgradeRequestLifetimeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UpgradeRequest_AfterTheHandshake_EndsWhileTheWebSocketStaysOpen(bool upgraded)
    {
        var requests = new Requests();
        await using var host = await StartAsync(requests);
        using var socket = upgraded ? (await host.OpenUpgradedAsync()).Socket : await host.OpenWebSocketAsync();
        await requests.WebSocketEnded.Task.WithTimeout();

        await socket.SendTextAsync("4hello");
        Assert.Equal("4hello", await socket.ReadTextAsync());
        Assert.Equal(1, host.Server.Count);
    }

    [Fact]
    public async Task UpgradeRequest_AfterItEnded_CanBeGarbageCollected()
    {
        var requests = new Requests();
        await using var host = await StartAsync(requests);
        using var socket = await host.OpenWebSocketAsync();
        await requests.WebSocketEnded.Task.WithTimeout();

        await Deadline.WaitUntilAsync(() =>
        {
            GC.Collect();
            return !requests.IsWebSocketAlive();
        });

        await socket.SendTextAsync("4hello");
        Assert.Equal("4hello", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task UpgradeRequest_WhoseMiddlewareThrowsAfterTheHandshake_DoesNotCloseTheWebSocket()
    {
        await using var host = await StartAsync(new Requests { Fails = true });
        host.AllowsErrors = true;
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("4hello");
        Assert.Equal("4hello", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task UpgradeRequest_WithAConnectionLimit_LastsAsLongAsTheWebSocketAndIsCounted()
    {
        var requests = new Requests();
        await using var host = await StartAsync(requests, limit: 1);
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("4hello");
        Assert.Equal("4hello", await socket.ReadTextAsync());

        using var second = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"));
        Assert.StartsWith("HTTP/1.1 503 ", second.ResponseHeaders, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 5", second.ResponseHeaders, StringComparison.Ordinal);
        Assert.DoesNotContain("Sec-WebSocket-Accept", second.ResponseHeaders, StringComparison.Ordinal);
        Assert.True(host.Server.IsFull);
        Assert.Equal(1, host.Server.Count);

        // An upgrade at the limit leaves the session on polling.
        var sid = await host.OpenPollingAsync();
        using var upgrade = await RawWebSocket.RequestAsync(
            host.Port, RawWebSocket.BuildRequest($"?EIO=4&transport=websocket&sid={sid}"));
        Assert.StartsWith("HTTP/1.1 503 ", upgrade.ResponseHeaders, StringComparison.Ordinal);
        Assert.Equal("ok", (await host.PostAsync(sid, "4hello")).Text);
        Assert.Equal("4hello", (await host.PollAsync(sid)).Text);
        Assert.False(requests.WebSocketEnded.Task.IsCompleted);

        socket.Dispose();
        await requests.WebSocketEnded.Task.WithTimeout();

        // Kestrel releases the connection from its limit after the middleware has returned, so retry.
        await Deadline.WaitUntilAsync(async () =>
        {
            using var third = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"));
            return third.ResponseHeaders.Contains(" 101 ", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task StopAsync_WithAnOpenWebSocket_WaitsForItsClose()
    {
        var requests = new Requests();
        await using var host = await StartAsync(requests);
        using var socket = await host.OpenWebSocketAsync();
        await requests.WebSocketEnded.Task.WithTimeout();

        var stop = host.Services.GetRequiredService<IServer>().StopAsync(CancellationToken.None);
        await socket.SendTextAsync("4hello");
        Assert.Equal("4hello", await socket.ReadTextAsync());
        Assert.False(stop.IsCompleted);

        await socket.SendAsync(RawWebSocket.BuildFrame(RawWebSocket.CloseOpcode, []));
        await stop.WithTimeout();
    }

    [Fact]
    public async Task StopAsync_WhenCanceled_AbortsTheWebSocket()
    {
        var requests = new Requests();
        var handler = new EngineTestHandler();
        await using var host = await StartAsync(requests, handler);
        using var socket = await host.OpenWebSocketAsync();
        await requests.WebSocketEnded.Task.WithTimeout();

        await host.Services.GetRequiredService<IServer>().StopAsync(new CancellationToken(canceled: true)).WithTimeout();

        Assert.Equal(EngineCloseReason.TransportClose, await handler.WaitForClosedAsync());
        await socket.Connection.ReadToEndAsync();
    }

    private static Task<EngineTestHost> StartAsync(Requests requests, EngineTestHandler? handler = null, long? limit = null) =>
        EngineTestHost.StartAsync(
            handler: handler,
            services: services =>
            {
                services.AddSingleton<IStartupFilter>(requests);
                services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxConcurrentUpgradedConnections = limit);
            });

    private sealed class Requests : IStartupFilter
    {
        private WeakReference? _webSocket;

        public bool Fails { get; init; }

        public TaskCompletionSource WebSocketEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [MethodImpl(MethodImplOptions.NoInlining)]
        public bool IsWebSocketAlive() => _webSocket!.IsAlive;

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
        {
            application.Use(async (HttpContext context, RequestDelegate nextMiddleware) =>
            {
                await nextMiddleware(context);
                if (context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols)
                {
                    // Kestrel keeps the HTTP state of a connection in its feature collection.
                    _webSocket = new WeakReference(context.Features);
                    WebSocketEnded.TrySetResult();
                    if (Fails)
                    {
                        throw new InvalidOperationException("after the handshake");
                    }
                }
            });
            next(application);
        };
    }
}
