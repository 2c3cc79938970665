using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>
/// Tests that the socket input, which receives directly in the read call, fulfills the contract of a pipe reader.
/// </summary>
public abstract class SocketInputTests
{
    [Fact]
    public async Task Read_WithDataAvailable_CompletesSynchronously()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("hello"u8.ToArray());

        var read = pair.Input.ReadAsync();

        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal("hello", ConsumeAll(pair, await read));
        Assert.False(pair.Input.TryRead(out _));
    }

    [Fact]
    public async Task Read_BeforeDataArrives_WaitsForEachMessage()
    {
        using var pair = await OpenAsync();
        for (var round = 0; round < 100; round++)
        {
            var read = pair.Input.ReadAsync().AsTask();
            Assert.False(read.IsCompleted);
            await pair.Client.SendAsync(Encoding.ASCII.GetBytes($"message {round}"));
            Assert.Equal($"message {round}", ConsumeAll(pair, await read.WithTimeout()));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_LargeData_ConsumedInRandomPieces_KeepsEveryByteInOrder(bool watches)
    {
        using var pair = await OpenAsync();
        var data = SocketPair.CreateLargePayload();
        var sending = SendAllAsync();
        var (random, received) = (new Random(2), new MemoryStream());
        while (received.Length < data.Length)
        {
            var read = await pair.Input.ReadAsync().AsTask().WithTimeout();
            var consumed = random.Next((int)Math.Min(read.Buffer.Length, 60_000) + 1);
            received.Write(read.Buffer.Slice(0, consumed).ToArray());
            var examined = read.Buffer.GetPosition(random.Next(2) == 0 ? consumed : Math.Min(read.Buffer.Length, 200_000));
            pair.Input.AdvanceTo(read.Buffer.GetPosition(consumed), examined);
            if (watches)
            {
                pair.Input.WatchForDisconnect();
            }

            if (random.Next(3) == 0 && pair.Input.TryRead(out read))
            {
                received.Write(read.Buffer.ToArray());
                pair.Input.AdvanceTo(read.Buffer.End);
            }
        }

        await sending.WithTimeout();
        Assert.Equal(data, received.ToArray());

        async Task SendAllAsync()
        {
            // The end of the stream makes the reader return the data that was examined but not consumed.
            await pair.Client.SendAsync(data);
            pair.Client.Shutdown(SocketShutdown.Send);
        }
    }

    [Fact]
    public async Task Read_AfterExaminingWithoutConsuming_WaitsForMoreAndReturnsBoth()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("half "u8.ToArray());
        var read = await pair.Input.ReadAsync();
        pair.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        Assert.False(pair.Input.TryRead(out _));

        var next = pair.Input.ReadAsync().AsTask();
        Assert.False(next.IsCompleted);
        await pair.Client.SendAsync("and half"u8.ToArray());

        Assert.Equal("half and half", ConsumeAll(pair, await next.WithTimeout()));
    }

    [Fact]
    public async Task Read_AfterAdvancingPartially_ReturnsTheUnexaminedRest()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("first second"u8.ToArray());
        var read = await pair.Input.ReadAsync();
        pair.Input.AdvanceTo(read.Buffer.GetPosition(6));

        Assert.True(pair.Input.TryRead(out read));

        Assert.Equal("second", ConsumeAll(pair, read));
    }

    [Fact]
    public async Task Read_WhenTheClientCloses_ReturnsTheDataThenTheEnd()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("last"u8.ToArray());
        pair.Client.Dispose();

        Assert.Equal("last", ConsumeAll(pair, await pair.Input.ReadAsync().AsTask().WithTimeout()));
        for (var i = 0; i < 2; i++)
        {
            var read = await pair.Input.ReadAsync().AsTask().WithTimeout();
            Assert.True(read.IsCompleted);
            Assert.True(read.Buffer.IsEmpty);
            pair.Input.AdvanceTo(read.Buffer.End);
        }

        Assert.True(pair.Input.TryRead(out _));
        await pair.Owner.InputEndedTask.WithTimeout();
    }

    [Fact]
    public async Task Read_PendingWhenTheClientResets_Throws()
    {
        using var pair = await OpenAsync();
        var read = pair.Input.ReadAsync().AsTask();

        pair.Reset();

        await Assert.ThrowsAsync<ConnectionResetException>(() => read.WithTimeout());
        await pair.Owner.InputEndedTask.WithTimeout();
        Assert.Throws<ConnectionResetException>(() => pair.Input.TryRead(out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_WithoutAPendingRead_DetectsTheClientsDisconnect(bool resets)
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("request"u8.ToArray());
        ConsumeAll(pair, await pair.Input.ReadAsync());
        pair.Input.WatchForDisconnect();
        Assert.False(pair.Owner.InputEndedTask.IsCompleted);

        if (resets)
        {
            pair.Reset();
        }
        else
        {
            pair.Client.Dispose();
        }

        await pair.Owner.InputEndedTask.WithTimeout();
    }

    [Fact]
    public async Task Watch_AfterTheClientDisconnected_DetectsIt()
    {
        using var pair = await OpenAsync();
        var read = pair.Input.ReadAsync().AsTask();
        await pair.Client.SendAsync("request"u8.ToArray());
        ConsumeAll(pair, await read.WithTimeout());
        pair.Client.Dispose();
        await Deadline.WaitUntilAsync(() =>
        {
            pair.Input.WatchForDisconnect();
            return pair.Owner.InputEndedTask.IsCompleted;
        });
    }

    [Fact]
    public async Task Watch_WithDataAvailable_LeavesTheDataToTheNextRead()
    {
        using var pair = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            await pair.SendAsync("request"u8.ToArray());
            pair.Input.WatchForDisconnect();
            Assert.Equal("request", ConsumeAll(pair, await pair.Input.ReadAsync().AsTask().WithTimeout()));
            pair.Input.WatchForDisconnect();
            pair.Input.WatchForDisconnect();
            await pair.SendAsync("next"u8.ToArray());
            Assert.Equal("next", ConsumeAll(pair, await pair.Input.ReadAsync().AsTask().WithTimeout()));
        }

        Assert.False(pair.Owner.InputEndedTask.IsCompleted);
    }

    [Fact]
    public async Task CancelPendingRead_WithAPendingRead_CompletesItAndLosesNoData()
    {
        using var pair = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var read = pair.Input.ReadAsync().AsTask();
            pair.Input.CancelPendingRead();
            var canceled = await read.WithTimeout();
            Assert.True(canceled.IsCanceled);
            Assert.True(canceled.Buffer.IsEmpty);
            pair.Input.AdvanceTo(canceled.Buffer.End);

            var next = pair.Input.ReadAsync().AsTask();
            Assert.False(next.IsCompleted);
            await pair.Client.SendAsync("hello"u8.ToArray());
            Assert.Equal("hello", ConsumeAll(pair, await next.WithTimeout()));
        }
    }

    [Fact]
    public async Task CancelPendingRead_WithoutAPendingRead_CancelsTheNextRead()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("hello"u8.ToArray());
        pair.Input.CancelPendingRead();

        var canceled = await pair.Input.ReadAsync();
        Assert.True(canceled.IsCanceled);
        pair.Input.AdvanceTo(canceled.Buffer.Start);

        Assert.Equal("hello", ConsumeAll(pair, await pair.Input.ReadAsync()));
    }

    [Fact]
    public async Task Read_WhenTheTokenIsCanceled_ThrowsAndLosesNoData()
    {
        using var pair = await OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var read = pair.Input.ReadAsync(cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WithTimeout());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Input.ReadAsync(cancellation.Token).AsTask());
        await pair.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello", ConsumeAll(pair, await pair.Input.ReadAsync().AsTask().WithTimeout()));
    }

    [Fact]
    public async Task End_WithAPendingRead_ThrowsTheFirstReason()
    {
        using var pair = await OpenAsync();
        var read = pair.Input.ReadAsync().AsTask();

        pair.Input.End(new ConnectionAbortedException("first"));
        pair.Input.End(new ConnectionAbortedException("second"));

        Assert.Equal("first", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.WithTimeout())).Message);
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => pair.Input.ReadAsync().AsTask());
        Assert.True(pair.Owner.InputEndedTask.IsCompleted);
    }

    [Fact]
    public async Task Read_OnAClosedSocket_Throws()
    {
        using var pair = await OpenAsync();
        pair.Dispose();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => pair.Input.ReadAsync().AsTask());
        Assert.True(pair.Owner.InputEndedTask.IsCompleted);
    }

    private protected abstract Task<SocketPair> OpenAsync();

    private static string ConsumeAll(SocketPair pair, in ReadResult read)
    {
        Assert.False(read.IsCanceled);
        var text = Encoding.ASCII.GetString(read.Buffer);
        pair.Input.AdvanceTo(read.Buffer.End);
        return text;
    }
}
