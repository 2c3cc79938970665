using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Tests volatile messages, which are dropped if they cannot be written immediately.</summary>
public sealed class VolatileTests
{
    private static readonly string LongText = new('x', 5000);

    /// <summary>Sends a volatile message, or a group of two, through each method of the session.</summary>
    private static async Task<(EngineSendOutcome Outcome, int Messages)> SendAsync(EngineSession session, string method)
    {
        using var encoded = EngineEncodedMessage.Create("m"u8, EngineMessageKind.Text);
        EngineMessage[] group = [new("m"u8.ToArray(), false), new("m"u8.ToArray(), false)];
        return method switch
        {
            "text" => (await session.SendAsync("m", EngineSendFlags.Volatile), 1),
            "long text" => (await session.SendAsync(LongText, EngineSendFlags.Volatile), 1),
            "bytes" => (await session.SendAsync("m"u8.ToArray(), EngineMessageKind.Text, EngineSendFlags.Volatile), 1),
            "long bytes" => (await session.SendAsync(new byte[5000], EngineMessageKind.Binary, EngineSendFlags.Volatile), 1),
            "encoded" => (session.TrySend(encoded, EngineSendFlags.Volatile), 1),
            "group" => (await session.SendAsync(group, EngineSendFlags.Volatile), 2),
            _ => (session.TrySend([encoded, encoded], EngineSendFlags.Volatile), 2),
        };
    }

    public static TheoryData<string> Methods { get; } =
        ["text", "long text", "bytes", "long bytes", "encoded", "group", "encoded group"];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Volatile_WithoutAPoll_IsDroppedAndCounted(string method)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var dropped = new MetricCollector<long>(
            host.Services.GetRequiredService<IMeterFactory>(), "Scaler.EngineIO", "engineio.server.dropped_messages");
        await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        Assert.False(session.IsWritable);
        var (outcome, messages) = await SendAsync(session, method);
        Assert.Equal((EngineSendOutcome.Dropped, 0, 0), (outcome, session.QueuedPackets, session.QueuedBytes));
        Assert.Equal(EngineSessionState.Open, session.State);
        Assert.Equal(messages, dropped.GetMeasurementSnapshot().Sum(static measurement => measurement.Value));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Volatile_WithAHeldPoll_IsDelivered(string method)
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var poll = await host.HoldPollAsync(session, sid);
        Assert.True(session.IsWritable);
        var (outcome, messages) = await SendAsync(session, method);
        Assert.Equal(EngineSendOutcome.Sent, outcome);
        // The poll is used up.
        Assert.Equal(EngineSendOutcome.Dropped, (await SendAsync(session, method)).Outcome);
        Assert.Equal(messages, MessageGroups.ReadPayload(await poll, 4).Count);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Volatile_WhileABigMessageIsBeingWritten_IsDropped(string method)
    {
        await using var host = await SlowClient.StartHostAsync();
        var (client, session) = await SlowClient.OpenWebSocketAsync(host);
        using var connection = client;
        await session.SendAsync(new byte[SlowClient.Large], EngineMessageKind.Binary);
        Assert.False(session.IsWritable);
        Assert.Equal(EngineSendOutcome.Dropped, (await SendAsync(session, method)).Outcome);
        await client.SkipAsync(SlowClient.LargeFrame);
        Assert.True(await session.WaitForDrainAsync().AsTask().WithTimeout());
        Assert.True(session.IsWritable);
        Assert.Equal(EngineSendOutcome.Sent, (await SendAsync(session, method)).Outcome);
        // A text frame, or a binary frame.
        Assert.Contains((await client.ReadByteAsync()) & 0x0F, new[] { RawWebSocket.TextOpcode, RawWebSocket.BinaryOpcode });
    }

    [Fact]
    public async Task Volatile_ManyInOneHandlerCall_AreAllDelivered()
    {
        await using var host = await EngineTestHost.StartAsync(null, new EngineTestHandler
        {
            Message = static async (session, _, token) =>
            {
                await session.SendAsync("first", cancellationToken: token);
                for (var index = 0; index < 10; index++)
                {
                    Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync($"v{index}", EngineSendFlags.Volatile, token));
                }
            },
        });
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await EngineSessionExtensions.WaitUntilAsync(() => session.IsWritable, "the open packet to be written");
        await socket.SendTextAsync("4go");
        Assert.Equal("4first", await socket.ReadTextAsync());
        for (var index = 0; index < 10; index++)
        {
            Assert.Equal($"4v{index}", await socket.ReadTextAsync());
        }
    }

    [Fact]
    public async Task Volatile_BeforeTheHandshakeIsAnswered_IsDropped()
    {
        var outcome = EngineSendOutcome.Sent;
        await using var host = await EngineTestHost.StartAsync(null, new EngineTestHandler
        {
            Opened = async (session, token) => outcome = await session.SendAsync("v", EngineSendFlags.Volatile, token),
        });
        await host.OpenPollingAsync();
        Assert.Equal(EngineSendOutcome.Dropped, outcome);
    }

    [Fact]
    public async Task Volatile_DuringAnUpgrade_IsDeliveredOverTheTransportInUse()
    {
        await using var host = await EngineTestHost.StartAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var poll = await host.HoldPollAsync(session, sid);
        using var socket = await host.ConnectWebSocketAsync(sid);
        await session.WaitForUpgradeAsync();
        Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync("polled", EngineSendFlags.Volatile));
        (await poll).AssertBody(200, "4polled");
        Assert.Equal(EngineSendOutcome.Dropped, await session.SendAsync("no poll", EngineSendFlags.Volatile));
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        await socket.SendTextAsync("5");
        await EngineSessionExtensions.WaitUntilAsync(() => session.IsWritable, "the upgrade to complete");
        Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync("framed", EngineSendFlags.Volatile));
        Assert.Equal("4framed", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task Volatile_AfterTheEnd_IsClosed()
    {
        await using var host = await EngineTestHost.StartAsync();
        await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.CloseAsync().AsTask().WithTimeout();
        foreach (var method in (string[])["text", "long text", "encoded", "group", "encoded group"])
        {
            Assert.Equal(EngineSendOutcome.Closed, (await SendAsync(session, method)).Outcome);
        }

        Assert.False(session.IsWritable);
    }
}
