using System.Buffers;
using System.Text;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.DirectSockets;

/// <summary>
/// Tests that the socket output, which sends directly in the flush call, fulfills the contract of a pipe writer.
/// </summary>
public sealed class SocketOutputTests
{
    [Fact]
    public async Task Flush_DataThatFitsTheSocketBuffer_CompletesSynchronously()
    {
        using var pair = await SocketPair.OpenAsync();
        pair.Output.Write("hello"u8);
        Assert.Equal(5, pair.Output.UnflushedBytes);

        var flush = pair.Output.FlushAsync().AsTask();

        Assert.True(flush.IsCompletedSuccessfully);
        var result = await flush;
        Assert.Equal((false, false), (result.IsCanceled, result.IsCompleted));
        Assert.Equal(0, pair.Output.UnflushedBytes);
        Assert.Equal("hello", Encoding.ASCII.GetString(await pair.ReadAsync(5)));
    }

    [Fact]
    public async Task Flush_ToAClientThatDoesNotRead_WaitsUntilItReadsAndKeepsTheOrder()
    {
        using var pair = await SocketPair.OpenAsync();
        var data = pair.WriteLargePayload();
        var flush = pair.Output.FlushAsync().AsTask();
        Assert.False(flush.IsCompleted);

        Assert.Equal(data, await pair.ReadAsync(data.Length));

        Assert.False((await flush.WithTimeout()).IsCompleted);
        pair.Output.Write("next"u8);
        await pair.Output.FlushAsync();
        Assert.Equal("next", Encoding.ASCII.GetString(await pair.ReadAsync(4)));
    }

    [Fact]
    public async Task WriteAsync_AfterUnflushedData_KeepsTheOrder()
    {
        using var pair = await SocketPair.OpenAsync();
        pair.Output.Write("first "u8);
        var written = pair.Output.WriteAsync("second "u8.ToArray()).AsTask();
        Assert.True(written.IsCompletedSuccessfully);
        await pair.Output.WriteAsync("third"u8.ToArray());
        await pair.Output.WriteAsync(ReadOnlyMemory<byte>.Empty);
        Assert.Equal(0, pair.Output.UnflushedBytes);
        Assert.Equal("first second third", Encoding.ASCII.GetString(await pair.ReadAsync(18)));
    }

    [Fact]
    public async Task WriteAsync_MoreThanTheSocketBuffer_CopiesTheRestSoTheCallerMayReuseItsMemory()
    {
        using var pair = await SocketPair.OpenAsync();
        var memory = SocketPair.CreateLargePayload();
        var data = memory.ToArray();
        var written = pair.Output.WriteAsync(memory).AsTask();
        Assert.False(written.IsCompleted);
        memory.AsSpan().Clear();
        var next = pair.Output.WriteAsync("next"u8.ToArray()).AsTask();

        Assert.Equal(data, await pair.ReadAsync(data.Length));
        Assert.Equal("next", Encoding.ASCII.GetString(await pair.ReadAsync(4)));
        await Task.WhenAll(written, next).WithTimeout();
    }

    [Fact]
    public async Task CancelPendingFlush_WithAPendingFlush_CompletesItAndKeepsTheDataAndTheOrder()
    {
        using var pair = await SocketPair.OpenAsync();
        var data = pair.WriteLargePayload();
        var flush = pair.Output.FlushAsync().AsTask();

        pair.Output.CancelPendingFlush();

        Assert.True((await flush.WithTimeout()).IsCanceled);
        pair.Output.Write("next"u8);
        var next = pair.Output.FlushAsync().AsTask();
        Assert.False(next.IsCompleted);
        Assert.Equal(data, await pair.ReadAsync(data.Length));
        Assert.Equal("next", Encoding.ASCII.GetString(await pair.ReadAsync(4)));
        Assert.False((await next.WithTimeout()).IsCanceled);
    }

    [Fact]
    public async Task CancelPendingFlush_BeforeAFlush_CancelsOnlyThatFlush()
    {
        using var pair = await SocketPair.OpenAsync();
        pair.Output.CancelPendingFlush();
        pair.Output.Write("a"u8);
        Assert.True((await pair.Output.FlushAsync()).IsCanceled);
        pair.Output.Write("b"u8);
        Assert.False((await pair.Output.FlushAsync()).IsCanceled);
        Assert.Equal("ab", Encoding.ASCII.GetString(await pair.ReadAsync(2)));
    }

    [Fact]
    public async Task Flush_WhenTheTokenIsCanceled_ThrowsAndStillSendsTheData()
    {
        using var pair = await SocketPair.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var data = pair.WriteLargePayload();
        var flush = pair.Output.FlushAsync(cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.WithTimeout());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Output.FlushAsync(cancellation.Token).AsTask());
        Assert.Equal(data, await pair.ReadAsync(data.Length));
        Assert.False((await pair.Output.FlushAsync()).IsCompleted);
    }

    [Fact]
    public async Task Flush_ToADisconnectedClient_ReturnsCompletedAndAbortsTheConnection()
    {
        using var pair = await SocketPair.OpenAsync();
        pair.WriteLargePayload();
        var flush = pair.Output.FlushAsync().AsTask();

        pair.Reset();

        Assert.True((await flush.WithTimeout()).IsCompleted);
        await pair.Owner.AbortedTask.WithTimeout();
        pair.Output.Write("discarded"u8);
        Assert.True((await pair.Output.FlushAsync()).IsCompleted);
        Assert.True((await pair.Output.WriteAsync("discarded"u8.ToArray())).IsCompleted);
    }

    [Fact]
    public async Task Flush_OnAClosedSocket_ReturnsCompleted()
    {
        using var pair = await SocketPair.OpenAsync();
        pair.Dispose();
        pair.Output.Write("discarded"u8);

        Assert.True((await pair.Output.FlushAsync()).IsCompleted);

        await pair.Owner.AbortedTask.WithTimeout();
    }

    [Fact]
    public async Task Complete_WithUnflushedData_SendsItBeforeNotifyingTheOwner()
    {
        using var pair = await SocketPair.OpenAsync();
        pair.Output.Write("last"u8);

        await pair.Output.CompleteAsync();

        Assert.Equal("last", Encoding.ASCII.GetString(await pair.ReadAsync(4)));
        Assert.True(pair.Owner.OutputEndedTask.IsCompleted);
    }

    [Fact]
    public async Task Complete_WhileDataIsBeingSent_NotifiesTheOwnerAfterwards()
    {
        using var pair = await SocketPair.OpenAsync();
        var data = pair.WriteLargePayload();
        var flush = pair.Output.FlushAsync().AsTask();
        pair.Output.CancelPendingFlush();
        await flush.WithTimeout();
        pair.Output.Write("last"u8);

        pair.Output.Complete();

        Assert.False(pair.Owner.OutputEndedTask.IsCompleted);
        Assert.Equal(data, await pair.ReadAsync(data.Length));
        Assert.Equal("last", Encoding.ASCII.GetString(await pair.ReadAsync(4)));
        await pair.Owner.OutputEndedTask.WithTimeout();
    }

    [Fact]
    public async Task Complete_WithAnError_DiscardsUnflushedData()
    {
        using var pair = await SocketPair.OpenAsync();
        pair.Output.Write("never"u8);

        await pair.Output.CompleteAsync(new InvalidOperationException("broken"));

        Assert.True(pair.Owner.OutputEndedTask.IsCompleted);
        Assert.Equal(0, pair.Client.Available);
    }
}
