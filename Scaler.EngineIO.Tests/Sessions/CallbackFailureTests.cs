using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>
/// Tests callbacks of the application that throw: the session ends, and the exception is logged with its stack.
/// </summary>
public sealed class CallbackFailureTests : IAsyncLifetime
{
    private readonly FakeLoggerProvider _logs = new();
    private EngineTestHost? _host;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is { } host)
        {
            // No ghost: the session is gone, and its handler was notified exactly once.
            await EngineSessionExtensions.WaitUntilAsync(() => host.Server.Count == 0, "the session to be removed");
            Assert.All(host.Handler.ClosedCallCounts, static calls => Assert.Equal(1, calls.Value));
            await host.DisposeAsync();
        }

        _logs.Dispose();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Upgraded_WhenItThrows_ClosesTheSession(int version)
    {
        var host = await StartAsync(new EngineTestHandler());
        var sid = await host.OpenPollingAsync(version);
        (await host.Handler.WaitForOpenedAsync()).Upgraded += Throw;
        using var socket = await host.ConnectWebSocketAsync(sid, version);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        await socket.SendTextAsync("5");
        await AssertClosedAsync(host, "An event handler");
        Assert.Equal(RawWebSocket.CloseOpcode, (await socket.ReadFrameAsync()).Opcode);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Heartbeat_WhenItThrowsOverPolling_ClosesTheSession(int version)
    {
        var host = await StartAsync(new EngineTestHandler());
        var sid = await host.OpenPollingAsync(version);
        (await host.Handler.WaitForOpenedAsync()).Heartbeat += Throw;
        await host.PostAsync(sid, version == 4 ? "3" : "1:2", version);
        await AssertClosedAsync(host, "An event handler");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    public async Task Heartbeat_WhenItThrowsOverWebSocket_ClosesTheSession(int version)
    {
        var host = await StartAsync(new EngineTestHandler());
        using var socket = await host.OpenWebSocketAsync(version);
        (await host.Handler.WaitForOpenedAsync()).Heartbeat += Throw;
        await socket.SendTextAsync(version == 4 ? "3" : "2");
        await AssertClosedAsync(host, "An event handler");
        if (version == 3)
        {
            Assert.Equal("3", await socket.ReadTextAsync());
        }

        Assert.Equal(RawWebSocket.CloseOpcode, (await socket.ReadFrameAsync()).Opcode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnOpened_WhenItThrows_ClosesTheSession(bool isWebSocket)
    {
        var host = await StartAsync(new EngineTestHandler { Opened = static (session, _) => ThrowAsync(session) });
        if (isWebSocket)
        {
            using var socket = await host.OpenWebSocketAsync();
            Assert.Equal(RawWebSocket.CloseOpcode, (await socket.ReadFrameAsync()).Opcode);
        }
        else
        {
            Assert.EndsWith("}\x1e" + "1", (await host.GetAsync("?EIO=4&transport=polling")).Text, StringComparison.Ordinal);
        }

        await AssertClosedAsync(host, nameof(IEngineHandler.OnOpenedAsync));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task OnClosed_WhenItThrows_IsLoggedAndTheServerServesOn(bool isWebSocket, bool isSynchronous)
    {
        var host = await StartAsync(new EngineTestHandler
        {
            Closed = session =>
            {
                if (isSynchronous)
                {
                    Throw(session);
                }

                return ThrowAsync(session);
            },
        });
        if (isWebSocket)
        {
            using var socket = await host.OpenWebSocketAsync();
            await socket.SendTextAsync("1");
            await AssertClosedAsync(host, nameof(IEngineHandler.OnClosedAsync), EngineCloseReason.ClientClose);
        }
        else
        {
            var sid = await host.OpenPollingAsync();
            (await host.PostAsync(sid, "1")).AssertBody(200, "ok");
            await AssertClosedAsync(host, nameof(IEngineHandler.OnClosedAsync), EngineCloseReason.ClientClose);
        }
    }

    private static void Throw(EngineSession session) => throw new InvalidOperationException("oh");

    private static async ValueTask ThrowAsync(EngineSession session)
    {
        await Task.Yield();
        Throw(session);
    }

    private async Task AssertClosedAsync(
        EngineTestHost host, string callback, EngineCloseReason reason = EngineCloseReason.HandlerError)
    {
        Assert.Equal(reason, await host.Handler.WaitForClosedAsync());
        await EngineSessionExtensions.WaitUntilAsync(() => Errors().Count > 0, "the exception to be logged");
        var entry = Assert.Single(Errors());
        Assert.StartsWith(callback + " threw", entry.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Throw), entry.Exception!.StackTrace!, StringComparison.Ordinal);
    }

    private List<FakeLogRecord> Errors() =>
        [.. _logs.Collector.GetSnapshot().Where(static record => record.Level >= LogLevel.Error)];

    private async Task<EngineTestHost> StartAsync(EngineTestHandler handler)
    {
        _host = await EngineTestHost.StartAsync(
            static options => options.AllowV3 = true, handler,
            services: services => services.AddLogging(logging => logging.AddProvider(_logs)));
        _host.AllowsErrors = true;
        return _host;
    }
}
