using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Scaler.EngineIO.Connections;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Tests.Security;

/// <summary>Tests the limits of a server as a whole.</summary>
public sealed class ServerCapacityTests
{
    private const string Polling = "?EIO=4&transport=polling";

    [LinuxFact]
    public async Task Handshake_AboveMaxOpenFiles_Gets503UntilTheServerHasRecovered()
    {
        var time = new FakeTimeProvider();
        var reported = new List<EngineLimit>();
        await using var host = await EngineTestHost.StartAsync(
            options =>
            {
                options.MaxOpenFiles = 1;
                options.OnLimitReached = reached => reported.Add(reached.Limit);
            },
            time: time);
        using var limits = new MetricCollector<long>(
            host.Services.GetRequiredService<IMeterFactory>(), "Scaler.EngineIO", "engineio.server.limits_reached");

        for (var i = 0; i < 3; i++)
        {
            var answer = await host.GetAsync(Polling);
            answer.AssertError(503, 3, "The server is full");
            Assert.Equal("5", answer.Header("Retry-After"));
            Assert.Equal("close", answer.Header("Connection"));
        }

        using var socket = await RawWebSocket.RequestAsync(host.Port, RawWebSocket.BuildRequest("?EIO=4&transport=websocket"));
        Assert.StartsWith("HTTP/1.1 503 ", socket.ResponseHeaders, StringComparison.Ordinal);

        Assert.Equal([EngineLimit.OpenFiles], reported);
        Assert.Equal(4, limits.GetMeasurementSnapshot().Count(static item => Equals(item.Tags["engineio.limit"], "open_files")));
        Assert.Equal(0, host.Server.Count);
        Assert.True(host.Server.IsFull);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(host.Server.IsFull);
    }

    [Fact]
    public async Task Handshake_AboveMaxSessions_Gets503UntilASessionEnds()
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.MaxSessions = 2);
        using var neighbour = await host.OpenWebSocketAsync();
        var sid = await host.OpenPollingAsync();

        (await host.GetAsync(Polling)).AssertError(503, 3, "The server is full");
        Assert.True(host.Server.IsFull);
        await neighbour.SendTextAsync("4hello");
        Assert.Equal("4hello", await neighbour.ReadTextAsync());

        await host.PostAsync(sid, "1");
        await host.OpenPollingAsync();
        Assert.Equal(2, host.Server.Count);
    }

    [Fact]
    public async Task Handshake_LastPlaceTakenDuringItsAuthorization_Gets503()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await EngineTestHost.StartAsync(options =>
        {
            options.MaxSessions = 1;
            options.AuthorizeAsync = async context =>
            {
                if (context.Request.Query.ContainsKey("slow"))
                {
                    waiting.SetResult();
                    await released.Task;
                }

                return EngineAuthorization.Allow;
            };
        });
        var slow = host.GetAsync(Polling + "&slow=1");
        await waiting.Task.WithTimeout();
        await host.OpenPollingAsync();
        released.SetResult();

        (await slow).AssertError(503, 3, "The server is full");
        Assert.Equal(1, host.Server.Count);
    }

    [Fact]
    public async Task MaxTotalQueuedBytes_Exceeded_ClosesTheSlowestSessionsOnly()
    {
        const int Limit = 1_000_000;
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(static options => options.MaxTotalQueuedBytes = Limit, time: time);
        using var neighbour = await host.OpenWebSocketAsync();
        var neighbourSession = await host.Handler.WaitForOpenedAsync();
        var slow = await OpenIdlePollingAsync(host, 700_000);
        var slower = await OpenIdlePollingAsync(host, 800_000);
        var almost = await OpenIdlePollingAsync(host, 60_000);

        time.Advance(QueuedBytesGuard.Interval);
        Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
        Assert.Equal(
            [EngineSessionState.Open, EngineSessionState.Closing, EngineSessionState.Open, EngineSessionState.Open],
            new[] { slow, slower, almost, neighbourSession }.Select(static session => session.State));
        (await host.GetAsync(Polling)).AssertError(503, 3, "The server is full");
        await neighbour.SendTextAsync("4hello");
        Assert.Equal("4hello", await neighbour.ReadTextAsync());

        time.Advance(QueuedBytesGuard.Interval);
        await host.OpenPollingAsync();
        Assert.Equal(4, host.Server.Count);
    }

    [Fact]
    public async Task MaxTotalQueuedBytes_ExceededByAClosedSessionThatIsRetained_DropsItsPackets()
    {
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(
            static options => options.MaxTotalQueuedBytes = 1_000_000, time: time);
        var session = await OpenIdlePollingAsync(host, 2_000_000);
        await session.CloseAsync();
        Assert.True(session.QueuedBytes > 2_000_000);

        time.Advance(QueuedBytesGuard.Interval);
        Assert.Equal(0, session.QueuedBytes);
    }

    [Fact]
    public async Task MaxTotalQueuedBytes_BroadcastQueuedByManySessions_CountsOnce()
    {
        var time = new FakeTimeProvider();
        await using var host = await EngineTestHost.StartAsync(
            static options => options.MaxTotalQueuedBytes = 1_000_000, time: time);
        using var message = EngineEncodedMessage.Create(new byte[500_000], EngineMessageKind.Binary);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(EngineSendOutcome.Sent, (await OpenIdlePollingAsync(host, 1)).TrySend(message));
        }

        time.Advance(QueuedBytesGuard.Interval);
        Assert.False(host.Server.IsFull);
        Assert.Equal(10, host.Server.Count);
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(1_048_576, 1_047_552, 1_047_040)]
    [InlineData(1024, 922, 871)]
    [InlineData(256, 192, 160)]
    [InlineData(10, 0, 0)]
    public void FileDescriptors_OfALimit_LeaveAReserve(int limit, int forConnections, int forHandshakes)
    {
        Assert.Equal(forConnections, FileDescriptors.SubtractReserve(limit));
        Assert.Equal(forHandshakes, FileDescriptors.SubtractHandshakeReserve(limit));
    }

    private static async Task<EngineSession> OpenIdlePollingAsync(EngineTestHost host, int queued)
    {
        await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync(new byte[queued], EngineMessageKind.Binary));
        return session;
    }

    [LinuxFact]
    public void FileDescriptors_OfThisProcess_AreDerivedFromItsLimit()
    {
        var limit = File.ReadLines("/proc/self/limits")
            .First(static line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        var expected = int.TryParse(limit, out var number) ? FileDescriptors.SubtractReserve(number) : int.MaxValue;
        Assert.Equal(expected, FileDescriptors.MaxForConnections);
    }
}
