using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Scaler.EngineIO.Tests.Sessions;

public sealed class ShutdownTests
{
    [Fact]
    public async Task StopAsync_WithOpenSessions_ClosesThemWithAReason()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        await host.Handler.WaitForOpenedAsync();
        var sid = await host.OpenPollingAsync();
        var poll = await PollAsync(host, sid);
        var stopping = host.StopAsync();
        Assert.Equal((4503, "server shutdown"), await socket.ReadCloseAsync());
        await socket.CompleteCloseAsync();
        (await poll).AssertBody(200, "1");
        await stopping.WithTimeout();
        Assert.Equal(EngineCloseReason.ServerShutdown, await host.Handler.WaitForClosedAsync());
        Assert.Equal(EngineCloseReason.ServerShutdown, await host.Handler.WaitForClosedAsync());
        Assert.Equal(0, host.Server.Count);
        Assert.False(host.Server.AcceptsHandshakes);
    }

    [Fact]
    public async Task StopAsync_WithAClientThatDoesNotRead_Completes()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.ShutdownBudget = TimeSpan.FromMilliseconds(300);
            options.CloseTimeout = TimeSpan.FromMinutes(5);
        });
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using (var message = EngineEncodedMessage.Create(new byte[100_000], EngineMessageKind.Binary))
        {
            for (var count = 0; count < 40; count++)
            {
                session.TrySend(message);
            }
        }

        using var probing = await host.ConnectWebSocketAsync(await host.OpenPollingAsync());
        await host.StopAsync().WithTimeout();
        Assert.Equal(0, host.Server.Count);
    }

    [Fact]
    public async Task CloseAllAsync_WithManySessions_ClosesThemAll()
    {
        await using var host = await EngineTestHost.StartAsync();
        for (var count = 0; count < 150; count++)
        {
            await host.OpenPollingAsync();
        }

        Assert.Equal(150, host.Server.Count);
        await host.Server.CloseAllAsync(EngineCloseReason.Forbidden, TimeSpan.FromSeconds(1)).WithTimeout();
        Assert.Equal(0, host.Server.Count);
        for (var count = 0; count < 150; count++)
        {
            Assert.Equal(EngineCloseReason.Forbidden, await host.Handler.WaitForClosedAsync());
        }

        // This is not a shutdown: the server still accepts handshakes.
        await host.OpenPollingAsync();
    }

    [Fact]
    public async Task CloseAllAsync_WhenCanceled_AbortsTheRemainingSessions()
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.CloseTimeout = TimeSpan.FromMinutes(5));
        using var socket = await host.OpenWebSocketAsync();
        using var cancellation = new CancellationTokenSource();
        var closing = host.Server.CloseAllAsync(EngineCloseReason.ServerClose, TimeSpan.FromMinutes(5), cancellation.Token);
        Assert.Equal(1000, (await socket.ReadCloseAsync()).Code);
        await cancellation.CancelAsync();
        await closing.WithTimeout();
        await socket.Connection.ReadToEndAsync();
    }

    [Fact]
    public async Task AddEngineIO_WithoutAHost_ResolvesTheServer()
    {
        var services = new ServiceCollection();
        services.AddEngineIO<EngineTestHandler>(static options => options.MaxPayload = 5);
        services.AddEngineIO<EngineTestHandler>();
        await using var provider = services.BuildServiceProvider();
        Assert.IsType<EngineTestHandler>(provider.GetRequiredService<IEngineHandler>());
        Assert.Null(provider.GetService<IHostApplicationLifetime>());
        Assert.Equal(5, provider.GetRequiredService<EngineServer>().Runtime.Options.MaxPayload);
    }

    private static async Task<Task<EngineResponse>> PollAsync(EngineTestHost host, string sid)
    {
        Assert.True(host.Server.TryGetSession(sid, out var session));
        var poll = host.PollAsync(sid);
        await session.WaitForHeldPollAsync();
        return poll;
    }
}
