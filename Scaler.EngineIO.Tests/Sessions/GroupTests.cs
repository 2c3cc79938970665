using System.Text;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Tests groups of messages, which are sent as a whole or not at all, and stay adjacent.</summary>
public sealed class GroupTests
{
    private const int Groups = 300;
    private const int Messages = Groups * (1 + MessageGroups.Binaries + 1 + MessageGroups.Binaries + 1);

    private static readonly byte[] Data = new byte[300];

    // Room for three packets of 300 bytes. The queue counts 64 bytes of overhead for each.
    private static Task<EngineTestHost> StartAsync() =>
        EngineTestHost.StartAsync(static options => (options.MaxQueuedBytes, options.MaxQueuedPackets) = (1100, 8));

    private static EngineMessage Binary(int length) => new(new byte[length], isBinary: true);

    private static async Task<(string Sid, EngineSession Session)> OpenAsync(EngineTestHost host, int queued)
    {
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        for (var count = 0; count < queued; count++)
        {
            Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync(Data, EngineMessageKind.Binary));
        }

        return (sid, session);
    }

    [Theory]
    [InlineData(4, "")]
    [InlineData(3, "")]
    public async Task ConcurrentGroups_OverWebSocket_AreNotInterleaved(int version, string more)
    {
        await using var host = await EngineTestHost.StartAsync(
            static options => (options.AllowV3, options.MaxQueuedPackets) = (true, 50));
        using var socket = await host.OpenWebSocketAsync(version, more);
        var sending = MessageGroups.SendConcurrentlyAsync(await host.Handler.WaitForOpenedAsync(), Groups);
        var received = new List<MessageGroups.ReceivedMessage>();
        while (received.Count < Messages)
        {
            received.Add(await MessageGroups.ReadFrameAsync(socket, version));
        }

        await sending.WithTimeout();
        MessageGroups.AssertAdjacent(received, Groups);
    }

    [Theory]
    [InlineData(4, "")]
    [InlineData(3, "")]
    [InlineData(3, "&b64=1")]
    public async Task ConcurrentGroups_OverPolling_AreNotInterleaved(int version, string more)
    {
        await using var host = await EngineTestHost.StartAsync(
            static options => (options.AllowV3, options.MaxQueuedPackets, options.MaxPayload) = (true, 50, 10_000));
        var sid = await host.OpenPollingAsync(version, more);
        var sending = MessageGroups.SendConcurrentlyAsync(await host.Handler.WaitForOpenedAsync(), Groups);
        var received = new List<MessageGroups.ReceivedMessage>();
        while (received.Count < Messages)
        {
            var response = await host.PollAsync(sid, version);
            Assert.InRange(response.Bytes.Length, 1, 10_000);
            var messages = MessageGroups.ReadPayload(response, version);
            Assert.False(messages[0].IsBinary, "The payload begins within a group.");
            received.AddRange(messages);
        }

        await sending.WithTimeout();
        MessageGroups.AssertAdjacent(received, Groups);
    }

    [Fact]
    public async Task ConcurrentGroups_DuringAnUpgrade_AreNotInterleaved()
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.MaxQueuedPackets = 50);
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var sending = MessageGroups.SendConcurrentlyAsync(session, Groups);
        var received = new List<MessageGroups.ReceivedMessage>();
        received.AddRange(MessageGroups.ReadPayload(await host.PollAsync(sid), 4));
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        for (var count = 0; count < 5; count++)
        {
            received.AddRange(MessageGroups.ReadPayload(await host.PollAsync(sid), 4));
        }

        Assert.InRange(received.Count, 1, Messages - 100);
        await socket.SendTextAsync("5");
        while (received.Count < Messages)
        {
            received.Add(await MessageGroups.ReadFrameAsync(socket, 4));
        }

        await sending.WithTimeout();
        MessageGroups.AssertAdjacent(received, Groups);
    }

    [Fact]
    public async Task TrySend_ConcurrentGroupsOfSharedMessages_AreNotInterleaved()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var first = await host.OpenWebSocketAsync();
        using var second = await host.OpenWebSocketAsync();
        EngineSession[] sessions = [await host.Handler.WaitForOpenedAsync(), await host.Handler.WaitForOpenedAsync()];
        var senders = Enumerable.Range(0, 2).Select(sender => Task.Run(() =>
        {
            for (var number = 0; number < Groups; number++)
            {
                var messages = MessageGroups.Create(sender, number).Select(static message => EngineEncodedMessage.Create(
                    message.Data.Span, message.IsBinary ? EngineMessageKind.Binary : EngineMessageKind.Text)).ToArray();
                using var single = EngineEncodedMessage.Create("single"u8, EngineMessageKind.Text);
                foreach (var session in sessions)
                {
                    Assert.Equal(EngineSendOutcome.Sent, session.TrySend(messages));
                    Assert.Equal(EngineSendOutcome.Sent, sender == 0 ? session.TrySend(single) : EngineSendOutcome.Sent);
                }

                foreach (var message in messages)
                {
                    message.Dispose();
                }
            }
        })).ToArray();
        await Task.WhenAll(senders).WithTimeout();
        foreach (var socket in (RawWebSocket[])[first, second])
        {
            var received = new List<MessageGroups.ReceivedMessage>();
            while (received.Count < Messages)
            {
                received.Add(await MessageGroups.ReadFrameAsync(socket, 4));
            }

            MessageGroups.AssertAdjacent(received, Groups);
        }
    }

    [Fact]
    public async Task SendAsync_GroupThatDoesNotFit_WaitsAsAWhole()
    {
        await using var host = await StartAsync();
        var (sid, session) = await OpenAsync(host, 2);
        // The first two messages of the group would fit.
        var group = session.SendAsync([Binary(100), Binary(100), Binary(100)]).AsTask();
        var single = session.SendAsync("single").AsTask();
        Assert.False(group.IsCompleted);
        Assert.False(single.IsCompleted);
        Assert.Equal((2 * 364, 2), (session.QueuedBytes, session.QueuedPackets));
        Assert.Equal(2, MessageGroups.ReadPayload(await host.PollAsync(sid), 4).Count);
        Assert.Equal(EngineSendOutcome.Sent, await group.WithTimeout());
        Assert.Equal(EngineSendOutcome.Sent, await single.WithTimeout());
        var received = MessageGroups.ReadPayload(await host.PollAsync(sid), 4);
        Assert.Equal([true, true, true, false], received.Select(static message => message.IsBinary));
    }

    [Fact]
    public async Task SendAsync_GroupWithMoreMessagesThanFit_WaitsAsAWhole()
    {
        await using var host = await StartAsync();
        var (sid, session) = await OpenAsync(host, 0);
        for (var count = 0; count < 6; count++)
        {
            await session.SendAsync("x");
        }

        var group = session.SendAsync([Binary(1), Binary(1), Binary(1)]).AsTask();
        Assert.False(group.IsCompleted);
        Assert.Equal(6, session.QueuedPackets);
        await host.PollAsync(sid);
        Assert.Equal(EngineSendOutcome.Sent, await group.WithTimeout());
        Assert.Equal(3, session.QueuedPackets);
    }

    [Fact]
    public async Task SendAsync_GroupCanceledWhileWaiting_SendsNothing()
    {
        await using var host = await StartAsync();
        var (sid, session) = await OpenAsync(host, 2);
        using var cancellation = new CancellationTokenSource();
        var group = session.SendAsync([Binary(300), Binary(300)], cancellationToken: cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => group.WithTimeout());
        await host.PollAsync(sid);
        Assert.Equal((0, 0), (session.QueuedBytes, session.QueuedPackets));
    }

    [Fact]
    public async Task SendAsync_GroupWaitingWhenTheSessionEnds_SendsNothing()
    {
        await using var host = await StartAsync();
        var (sid, session) = await OpenAsync(host, 2);
        var group = session.SendAsync([Binary(300), Binary(300)]).AsTask();
        await session.CloseAsync().AsTask().WithTimeout();
        Assert.Equal(EngineSendOutcome.Closed, await group.WithTimeout());
        Assert.Equal(2, MessageGroups.ReadPayload(await host.PollAsync(sid), 4).Count);
        (await host.PollAsync(sid)).AssertBody(200, "6\x1e" + "1");
        Assert.Equal(EngineSendOutcome.Closed, await session.SendAsync([Binary(1), Binary(1)]));
        Assert.Equal(EngineSendOutcome.Closed, await session.SendAsync([]));
    }

    [Fact]
    public async Task TrySend_GroupThatDoesNotFit_ClosesTheSessionAndReleasesTheGroup()
    {
        await using var host = await StartAsync();
        var (sid, session) = await OpenAsync(host, 2);
        var group = new EngineEncodedMessage[2];
        for (var i = 0; i < group.Length; i++)
        {
            group[i] = EngineEncodedMessage.Create(Data, EngineMessageKind.Binary);
        }

        Assert.Equal(EngineSendOutcome.Closed, session.TrySend(group));
        Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
        (await host.PollAsync(sid)).AssertBody(200, "6\x1e" + "1");
        foreach (var message in group)
        {
            message.Dispose();
            Assert.Throws<ObjectDisposedException>(message.Retain);
        }
    }

    [Fact]
    public async Task Group_LargerThanTheQueue_ThrowsAtOnceAndLeavesNothing()
    {
        await using var host = await StartAsync();
        var (_, session) = await OpenAsync(host, 0);
        var bytes = await Assert.ThrowsAsync<ArgumentException>(() => session.SendAsync([Binary(500), Binary(500)]).AsTask());
        Assert.Contains("needs 1128 bytes", bytes.Message, StringComparison.Ordinal);
        Assert.Contains("MaxQueuedBytes is 1100", bytes.Message, StringComparison.Ordinal);
        var packets = await Assert.ThrowsAsync<ArgumentException>(() => session.SendAsync(new EngineMessage[9]).AsTask());
        Assert.Contains("MaxQueuedPackets is 8", packets.Message, StringComparison.Ordinal);
        using var message = EngineEncodedMessage.Create(new byte[500], EngineMessageKind.Binary);
        Assert.Throws<ArgumentException>(() => session.TrySend([message, message]));
        Assert.Throws<ArgumentNullException>(() => session.TrySend([message, null!]));
        Assert.Equal((0, EngineSessionState.Open), (session.QueuedPackets, session.State));
        // One message alone may be larger than the queue.
        Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync([Binary(5000)]));
    }

    [Fact]
    public async Task TrySend_GroupWithADisposedMessage_ThrowsAndLeavesNothing()
    {
        await using var host = await StartAsync();
        var (_, session) = await OpenAsync(host, 0);
        var message = EngineEncodedMessage.Create("a"u8, EngineMessageKind.Text);
        var disposed = EngineEncodedMessage.Create("b"u8, EngineMessageKind.Text);
        disposed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.TrySend([message, disposed]));
        Assert.Equal(0, session.QueuedPackets);
        message.Dispose();
        Assert.Throws<ObjectDisposedException>(message.Retain);
    }

    [Fact]
    public async Task SendAsync_EmptyGroup_SendsNothing()
    {
        await using var host = await StartAsync();
        var (_, session) = await OpenAsync(host, 3);
        Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync([]));
        Assert.Equal(EngineSendOutcome.Sent, session.TrySend([]));
        Assert.Equal(3, session.QueuedPackets);
    }

    [Theory]
    [InlineData(4, "", 1000)]
    [InlineData(3, "", 1000)]
    [InlineData(3, "&b64=1", 1400)]
    public async Task Poll_GroupThatFitsOnePayload_IsNotSplit(int version, string more, int maxPayload)
    {
        await using var host = await EngineTestHost.StartAsync(
            options => (options.AllowV3, options.MaxPayload) = (true, maxPayload));
        var sid = await host.OpenPollingAsync(version, more);
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync(new string('x', maxPayload / 2));
        await session.SendAsync([new EngineMessage("group"u8.ToArray(), false), Binary(200), Binary(200), Binary(200)]);
        await session.SendAsync("next");
        var payloads = new List<int>();
        while (session.QueuedPackets > 0)
        {
            payloads.Add(MessageGroups.ReadPayload(await host.PollAsync(sid, version), version).Count);
        }

        Assert.Equal([1, 5], payloads);
    }

    [Fact]
    public async Task Poll_GroupLargerThanOnePayload_ContinuesInTheNextPayload()
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.MaxPayload = 1000);
        var (sid, session) = await OpenAsync(host, 0);
        await session.SendAsync("first");
        await session.SendAsync([Binary(300), Binary(300), Binary(300)]);
        await session.SendAsync("next");
        Assert.Equal(3, MessageGroups.ReadPayload(await host.PollAsync(sid), 4).Count);
        var rest = MessageGroups.ReadPayload(await host.PollAsync(sid), 4);
        Assert.Equal([true, false], rest.Select(static message => message.IsBinary));
        Assert.Equal("next", Encoding.UTF8.GetString(rest[1].Data));
    }

    [Fact]
    public async Task SendAsync_GroupOfEmptyAndLargeMessages_KeepsEachMessage()
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync([new EngineMessage("t"u8.ToArray(), false), Binary(0), Binary(100_000), default, Binary(1)]);
        Assert.Equal("4t", await socket.ReadTextAsync());
        Assert.Empty(await socket.ReadBinaryAsync());
        Assert.Equal(100_000, (await socket.ReadBinaryAsync()).Length);
        Assert.Equal("4", await socket.ReadTextAsync());
        Assert.Single(await socket.ReadBinaryAsync());
    }
}
