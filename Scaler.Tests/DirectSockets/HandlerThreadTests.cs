using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>Tests which threads call the handlers of the application.</summary>
public sealed class HandlerThreadTests
{
    [LinuxTheory]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public async Task WebSocketMessages_WithOrWithoutIOQueues_AreHandledOnAPollingThreadOrThePool(int queues, bool onPool)
    {
        await using var host = await StartAsync(queues);
        using var socket = await host.OpenWebSocketAsync();
        for (var i = 0; i < 20; i++)
        {
            await socket.SendTextAsync("4hello");
            Assert.Equal($"4{onPool}", await socket.ReadTextAsync());
        }
    }

    [LinuxFact]
    public async Task PostedMessages_WithIOQueues_AreHandledOnTheThreadPool()
    {
        await using var host = await StartAsync(queues: 1);
        var sid = await host.OpenPollingAsync();
        for (var i = 0; i < 20; i++)
        {
            var query = $"?EIO=4&transport=polling&sid={sid}";
            Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Post, query, "4hello"u8.ToArray(), "text/plain")).Status);
            Assert.Equal("4True", (await host.GetAsync(query)).Text);
        }
    }

    private static Task<EngineTestHost> StartAsync(int queues) => EngineTestHost.StartAsync(
        handler: new EngineTestHandler
        {
            Message = static async (session, _, cancellation) => await session.SendAsync(
                Thread.CurrentThread.IsThreadPoolThread.ToString(), cancellationToken: cancellation),
        },
        services: services => services.Configure<SocketTransportOptions>(options => options.IOQueueCount = queues));
}
