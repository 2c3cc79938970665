namespace Scaler.EngineIO.Tests.Sessions;

/// <summary>Tests the wait until queued messages are written.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task WaitForDrain_NothingQueued_IsCompleted()
    {
        await using var host = await SlowClient.StartHostAsync();
        await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        Assert.True(await session.WaitForDrainAsync().AsTask().WithTimeout());
        Assert.True(session.WaitForDrainAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WaitForDrain_WebSocketThatResumesReading_CompletesWithTheMessagesBeforeTheCall()
    {
        await using var host = await SlowClient.StartHostAsync();
        var (client, session) = await SlowClient.OpenWebSocketAsync(host);
        using var connection = client;
        await session.SendAsync(new byte[SlowClient.Large], EngineMessageKind.Binary);
        var first = session.WaitForDrainAsync().AsTask();
        var same = session.WaitForDrainAsync().AsTask();
        await session.SendAsync(new byte[SlowClient.Large], EngineMessageKind.Binary);
        var second = session.WaitForDrainAsync().AsTask();
        Assert.False(first.IsCompleted);
        await client.SkipAsync(SlowClient.LargeFrame);
        Assert.True(await first.WithTimeout());
        Assert.True(await same.WithTimeout());
        Assert.False(second.IsCompleted);
        await client.SkipAsync(SlowClient.LargeFrame);
        Assert.True(await second.WithTimeout());
        Assert.Equal(0, session.QueuedBytes);
    }

    [Fact]
    public async Task WaitForDrain_PollingWithoutAPoll_CompletesWithTheNextPoll()
    {
        await using var host = await SlowClient.StartHostAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync("a");
        var drained = session.WaitForDrainAsync().AsTask();
        Assert.False(drained.IsCompleted);
        (await host.PollAsync(sid)).AssertBody(200, "4a");
        Assert.True(await drained.WithTimeout());
    }

    [Fact]
    public async Task WaitForDrain_PollResponseBeingWritten_CompletesWhenTheResponseIsWritten()
    {
        await using var host = await SlowClient.StartHostAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync(new string('x', SlowClient.Large));
        using var poll = await SlowClient.ConnectAsync(host);
        await poll.SendAsync($"GET /engine.io/?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await EngineSessionExtensions.WaitUntilAsync(() => session.QueuedPackets == 0, "the packet to be dequeued");
        var drained = session.WaitForDrainAsync().AsTask();
        Assert.False(drained.IsCompleted);
        Assert.Contains("200 OK", await poll.ReadHeadersAsync(), StringComparison.Ordinal);
        await poll.SkipAsync(SlowClient.Large + 1);
        Assert.True(await drained.WithTimeout());
    }

    [Fact]
    public async Task WaitForDrain_QueuedDuringAnUpgrade_CompletesAfterTheUpgrade()
    {
        await using var host = await SlowClient.StartHostAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        using var socket = await host.ConnectWebSocketAsync(sid);
        await socket.SendTextAsync("2probe");
        Assert.Equal("3probe", await socket.ReadTextAsync());
        await session.SendAsync("a");
        var drained = session.WaitForDrainAsync().AsTask();
        Assert.False(drained.IsCompleted);
        await socket.SendTextAsync("5");
        Assert.Equal("4a", await socket.ReadTextAsync());
        Assert.True(await drained.WithTimeout());
    }

    [Theory]
    [InlineData(EngineCloseReason.ServerClose)]
    [InlineData(EngineCloseReason.PingTimeout)]
    public async Task WaitForDrain_SessionEndsFirst_ReturnsFalse(EngineCloseReason reason)
    {
        await using var host = await SlowClient.StartHostAsync();
        await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync("a");
        var drained = session.WaitForDrainAsync().AsTask();
        await session.CloseAsync(reason).AsTask().WithTimeout();
        Assert.False(await drained.WithTimeout());
        Assert.False(await session.WaitForDrainAsync());
    }

    [Fact]
    public async Task WaitForDrain_Canceled_LeavesOtherCallersWaiting()
    {
        await using var host = await SlowClient.StartHostAsync();
        var sid = await host.OpenPollingAsync();
        var session = await host.Handler.WaitForOpenedAsync();
        await session.SendAsync("a");
        using var cancellation = new CancellationTokenSource();
        var canceled = session.WaitForDrainAsync(cancellation.Token).AsTask();
        var other = session.WaitForDrainAsync().AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled.WithTimeout());
        Assert.False(other.IsCompleted);
        await host.PollAsync(sid);
        Assert.True(await other.WithTimeout());
    }

    [Fact]
    public async Task WaitForDrain_InAHandler_CompletesWhenTheAnswerIsWritten()
    {
        await using var host = await SlowClient.StartHostAsync(new EngineTestHandler
        {
            Message = static async (session, _, token) =>
            {
                await session.SendAsync("first", cancellationToken: token);
                await session.SendAsync(await session.WaitForDrainAsync(token) ? "drained" : "ended", cancellationToken: token);
            },
        });
        using var socket = await host.OpenWebSocketAsync();
        await socket.SendTextAsync("4go");
        Assert.Equal("4first", await socket.ReadTextAsync());
        Assert.Equal("4drained", await socket.ReadTextAsync());
    }

    [Fact]
    public async Task WaitForDrain_InOnOpened_ThrowsBecauseNothingIsSentBefore()
    {
        var thrown = new TaskCompletionSource<Exception?>();
        await using var host = await SlowClient.StartHostAsync(new EngineTestHandler
        {
            Opened = async (session, token) => thrown.SetResult(
                await Record.ExceptionAsync(() => session.WaitForDrainAsync(token).AsTask())),
        });
        using var socket = await host.OpenWebSocketAsync();
        Assert.IsType<InvalidOperationException>(await thrown.Task.WithTimeout());
    }
}
