using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Scaler.EngineIO.Connections;

namespace Scaler.EngineIO.Tests.Wire;

/// <summary>
/// Tests that the server watches for the disconnect of a client as soon as it holds the client's poll request. Data sent to
/// a disconnected client would be lost.
/// </summary>
public sealed class DisconnectDetectionTests
{
    [Fact]
    public async Task HeldPoll_Connection_IsWatched()
    {
        var watch = new Watch();
        await using var host = await StartAsync(watch);
        var sid = await host.OpenPollingAsync();
        Assert.True(host.Server.TryGetSession(sid, out var session));
        Assert.Equal(0, watch.Count);

        var poll = await host.HoldPollAsync(session, sid);
        await Deadline.WaitUntilAsync(() => watch.Count == 1);

        await session.SendAsync("hello");
        (await poll.WithTimeout()).AssertBody(200, "4hello");
    }

    [Fact]
    public async Task RequestAnsweredImmediately_Connection_IsNotWatched()
    {
        var watch = new Watch();
        await using var host = await StartAsync(watch);
        var sid = await host.OpenPollingAsync();
        (await host.PostAsync(sid, "4hello")).AssertBody(200, "ok");
        (await host.PollAsync(sid)).AssertBody(200, "4hello");
        Assert.Equal(0, watch.Count);
    }

    [Theory]
    [InlineData("GET", 1)]
    [InlineData("POST", 0)]
    public async Task ForwardedRequest_Connection_IsWatchedOnlyForGet(string method, int expected)
    {
        var watch = new Watch();
        await using var host = await StartAsync(watch, static options => options.UnknownSessionAsync = static async (context, _) =>
        {
            await context.Response.WriteAsync("elsewhere");
            return true;
        });

        var answer = await host.SendAsync(new HttpMethod(method), "?EIO=4&transport=polling&sid=another", null, null);

        answer.AssertBody(200, "elsewhere");
        Assert.Equal(expected, watch.Count);
    }

    private static Task<EngineTestHost> StartAsync(Watch watch, Action<EngineIOOptions>? configure = null) =>
        EngineTestHost.StartAsync(configure, services: services => services.AddSingleton<IStartupFilter>(watch));

    private sealed class Watch : IDisconnectDetectionFeature, IStartupFilter
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        void IDisconnectDetectionFeature.WatchForDisconnect() => Interlocked.Increment(ref _count);

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
        {
            application.Use((HttpContext context, RequestDelegate nextMiddleware) =>
            {
                context.Features.Set<IDisconnectDetectionFeature>(this);
                return nextMiddleware(context);
            });
            next(application);
        };
    }
}
