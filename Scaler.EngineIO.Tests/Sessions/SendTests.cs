using Microsoft.Extensions.Time.Testing;

namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Tests the bounds of the outbound queue, the back-pressure on senders, and the close of slow consumers.</summary>
public sealed class SendTests
{
    // Room for three packets of 300 bytes. The queue counts 64 bytes of overhead for each.
    private static Task<EngineTestHost> StartAsync(TimeProvider? time = null) =>
        EngineTestHost.StartAsync(static options => options.MaxQueuedBytes = 1100, null, time);

    private static readonly string Packet = new('x', 300);

    private static async Task<(string Sid, EngineSession Session)> FillAsync(EngineTestHost host)
    {
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        for (var count = 0; count < 3; count++)
        {
            Assert.Equal(EngineSendOutcome.Sent, await session.SendAsync(Packet));
        }

        Assert.Equal((3 * 364, 3), (session.QueuedBytes, session.QueuedPackets));
        return (sid, session);
    }

    [Fact]
    public async Task SendAsync_WhenTheQueueIsFull_WaitsUntilThereIsRoom()
    {
        await using var host = await StartAsync();
        var (sid, session) = await FillAsync(host);
        var first = session.SendAsync("first").AsTask();
        var second = session.SendAsync("second").AsTask();
        Assert.False(first.IsCompleted);
        (await host.PollAsync(sid)).AssertBody(200, string.Join('\x1e', Enumerable.Repeat("4" + Packet, 3)));
        Assert.Equal(EngineSendOutcome.Sent, await first.WithTimeout());
        Assert.Equal(EngineSendOutcome.Sent, await second.WithTimeout());
        (await host.PollAsync(sid)).AssertBody(200, "4first\x1e" + "4second");
    }

    [Fact]
    public async Task SendAsync_SmallMessage_DoesNotOvertakeAWaitingSend()
    {
        await using var host = await StartAsync();
        var (sid, session) = await FillAsync(host);
        var large = session.SendAsync(new string('y', 200)).AsTask();
        var small = session.SendAsync("").AsTask();
        Assert.False(small.IsCompleted);
        await host.PollAsync(sid);
        await Task.WhenAll(large, small).WithTimeout();
        (await host.PollAsync(sid)).AssertBody(200, "4" + new string('y', 200) + "\x1e" + "4");
    }

    [Fact]
    public async Task SendAsync_VolatileWhenTheQueueIsFull_IsDropped()
    {
        await using var host = await StartAsync();
        var (_, session) = await FillAsync(host);
        Assert.Equal(EngineSendOutcome.Dropped, await session.SendAsync(Packet, EngineSendFlags.Volatile));
        using var message = EngineEncodedMessage.Create(new byte[300], EngineMessageKind.Binary);
        Assert.Equal(EngineSendOutcome.Dropped, session.TrySend(message, EngineSendFlags.Volatile));
        Assert.Equal(EngineSessionState.Open, session.State);
    }

    [Fact]
    public async Task TrySend_WhenTheQueueIsFull_ClosesTheSlowConsumer()
    {
        await using var host = await StartAsync();
        var (sid, session) = await FillAsync(host);
        using var message = EngineEncodedMessage.Create(new byte[300], EngineMessageKind.Binary);
        Assert.Equal(EngineSendOutcome.Closed, session.TrySend(message));
        Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
        Assert.Equal(EngineSendOutcome.Closed, session.TrySend(message));
        Assert.Equal(0, session.QueuedBytes);
        (await host.PollAsync(sid)).AssertBody(200, "6\x1e" + "1");
    }

    [Fact]
    public async Task TrySend_ToManyFullQueues_ReturnsBeforeTheSessionsAreClosed()
    {
        using var limitReached = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var timedOut = false;
        await using var host = await EngineTestHost.StartAsync(options =>
        {
            options.MaxQueuedBytes = 1100;
            options.OnLimitReached = _ =>
            {
                limitReached.Release();
                timedOut |= !release.Wait(TimeSpan.FromSeconds(10));
            };
        });
        List<(string Sid, EngineSession Session)> clients = [await FillAsync(host), await FillAsync(host), await FillAsync(host)];
        using var message = EngineEncodedMessage.Create(new byte[300], EngineMessageKind.Binary);
        foreach (var (_, session) in clients)
        {
            Assert.Equal(EngineSendOutcome.Closed, session.TrySend(message));
            Assert.True(session.State > EngineSessionState.Open);
            Assert.Equal(EngineSendOutcome.Closed, session.TrySend(message, EngineSendFlags.Volatile));
            Assert.Equal(EngineSendOutcome.Closed, await session.SendAsync(""));
            Assert.Equal(EngineSendOutcome.Closed, await session.SendAsync(Packet));
        }

        // Sessions are closed one at a time, so that the thread pool stays available for other work.
        await limitReached.WaitAsync().WithTimeout();
        Assert.Equal(0, limitReached.CurrentCount);
        release.Set();
        foreach (var (sid, _) in clients)
        {
            Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
            (await host.PollAsync(sid)).AssertBody(200, "6\x1e" + "1");
        }

        Assert.False(timedOut);
    }

    [Fact]
    public async Task SendAsync_WaitingLongerThanTheTimeout_ClosesTheSlowConsumer()
    {
        var time = new FakeTimeProvider();
        await using var host = await StartAsync(time);
        var (_, session) = await FillAsync(host);
        // The heartbeat timeout of the session must be later than the send timeout.
        time.Advance(TimeSpan.FromSeconds(1));
        var waiting = session.SendAsync(Packet).AsTask();
        var other = session.SendAsync(Packet).AsTask();
        time.Advance(TimeSpan.FromSeconds(24));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(EngineSendOutcome.Closed, await waiting.WithTimeout());
        Assert.Equal(EngineSendOutcome.Closed, await other.WithTimeout());
        Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
    }

    [Fact]
    public async Task SendAsync_CanceledWhileWaiting_SendsNothing()
    {
        await using var host = await StartAsync();
        var (sid, session) = await FillAsync(host);
        using var cancellation = new CancellationTokenSource();
        var waiting = session.SendAsync("never", cancellationToken: cancellation.Token).AsTask();
        var next = session.SendAsync("next").AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WithTimeout());
        await host.PollAsync(sid);
        Assert.Equal(EngineSendOutcome.Sent, await next.WithTimeout());
        (await host.PollAsync(sid)).AssertBody(200, "4next");
    }

    [Fact]
    public async Task SendAsync_MessageLargerThanTheQueueLimit_IsSentWhenTheQueueIsEmpty()
    {
        await using var host = await StartAsync();
        var sid = await host.OpenPollingAsync();
        var large = new string('x', 5000);
        Assert.Equal(EngineSendOutcome.Sent, await (await host.Handler.WaitForOpenedAsync()).SendAsync(large));
        (await host.PollAsync(sid)).AssertBody(200, "4" + large);
    }

    [Fact]
    public async Task SendAsync_MorePacketsThanTheLimit_Waits()
    {
        await using var host = await EngineTestHost.StartAsync(static options => options.MaxQueuedPackets = 8);
        await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        for (var count = 0; count < 8; count++)
        {
            await session.SendAsync("x");
        }

        var ninth = session.SendAsync("x").AsTask();
        Assert.False(ninth.IsCompleted);
        await session.CloseAsync().AsTask().WithTimeout();
        Assert.Equal(EngineSendOutcome.Closed, await ninth.WithTimeout());
    }

    [Fact]
    public async Task WebSocketClient_ThatDoesNotRead_IsClosedAsSlowConsumerWithoutAffectingOthers()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
        {
            options.MaxQueuedBytes = 1_000_000;
            options.CloseTimeout = TimeSpan.FromMilliseconds(100);
        });
        using var slow = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var message = EngineEncodedMessage.Create(new byte[100_000], EngineMessageKind.Binary);
        var sent = 0;
        while (session.TrySend(message) == EngineSendOutcome.Sent)
        {
            Assert.True(++sent < 10_000, "The queue has no limit.");
            await Task.Yield();
        }

        Assert.Equal(EngineCloseReason.SlowConsumer, await host.Handler.WaitForClosedAsync());
        using var other = await host.OpenWebSocketAsync();
        await other.SendTextAsync("4a");
        Assert.Equal("4a", await other.ReadTextAsync());
    }

    [Fact]
    public async Task WebSocketClient_ThatReadsSlowly_ReceivesEverythingInOrder()
    {
        await using var host = await EngineTestHost.StartAsync(static options =>
            (options.MaxQueuedBytes, options.PingInterval) = (100_000, TimeSpan.FromMinutes(5)));
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        var sending = Task.Run(async () =>
        {
            for (var index = 0; index < 2000; index++)
            {
                await session.SendAsync(index + new string('x', 10_000));
            }
        });
        for (var index = 0; index < 2000; index++)
        {
            Assert.Equal("4" + index + new string('x', 10_000), await socket.ReadTextAsync());
        }

        await sending.WithTimeout();
        await EngineSessionExtensions.WaitUntilAsync(() => session.QueuedBytes == 0, "the queue to be empty");
    }

    [Fact]
    public void EncodedMessage_AfterDispose_CannotBeRetained()
    {
        var message = EngineEncodedMessage.Create("hello"u8, EngineMessageKind.Text);
        message.Retain();
        message.Dispose();
        message.Dispose();
        Assert.Equal("\x81\x06" + "4hello", System.Text.Encoding.Latin1.GetString(message.Frame));
        message.Release();
        Assert.Throws<ObjectDisposedException>(message.Retain);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(124)]
    [InlineData(125)]
    [InlineData(65534)]
    [InlineData(65535)]
    public async Task EncodedMessage_OfAnyLength_IsSentAsOneFrame(int length)
    {
        await using var host = await EngineTestHost.StartAsync();
        using var socket = await host.OpenWebSocketAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var text = EngineEncodedMessage.Create(System.Text.Encoding.ASCII.GetBytes(new string('x', length)), EngineMessageKind.Text);
        using var binary = EngineEncodedMessage.Create(new byte[length], EngineMessageKind.Binary);
        session.TrySend(text);
        session.TrySend(binary);
        Assert.Equal("4" + new string('x', length), await socket.ReadTextAsync());
        Assert.Equal(new byte[length], await socket.ReadBinaryAsync());
    }
}
