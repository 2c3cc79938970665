using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.EngineIO.Sockets;

/// <summary>The input that is received where it is read, as the pipe that Kestrel takes it for.</summary>
public abstract class SocketInputTests
{
    [Fact]
    public async Task Read_OfWhatHasCome_CompletesAtOnce()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("hello"u8.ToArray());

        var read = pair.Input.ReadAsync();

        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal("hello", Take(pair, await read));
        Assert.False(pair.Input.TryRead(out _));
    }

    [Fact]
    public async Task Read_BeforeAnythingHasCome_WaitsForIt_AgainAndAgain()
    {
        using var pair = await OpenAsync();
        for (var round = 0; round < 100; round++)
        {
            var read = pair.Input.ReadAsync().AsTask();
            Assert.False(read.IsCompleted);
            await pair.Client.SendAsync(Encoding.ASCII.GetBytes($"message {round}"));
            Assert.Equal($"message {round}", Take(pair, await read.Within()));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_OfMuch_InWhateverPiecesItIsTaken_KeepsEachByteAndTheOrder(bool watches)
    {
        using var pair = await OpenAsync();
        var data = SocketPair.TooMuch();
        var sending = SendAllAsync();
        var (random, received) = (new Random(2), new MemoryStream());
        while (received.Length < data.Length)
        {
            var read = await pair.Input.ReadAsync().AsTask().Within();
            var taken = random.Next((int)Math.Min(read.Buffer.Length, 60_000) + 1);
            received.Write(read.Buffer.Slice(0, taken).ToArray());
            var examined = read.Buffer.GetPosition(random.Next(2) == 0 ? taken : Math.Min(read.Buffer.Length, 200_000));
            pair.Input.AdvanceTo(read.Buffer.GetPosition(taken), examined);
            if (watches)
            {
                pair.Input.Watch();
            }

            if (random.Next(3) == 0 && pair.Input.TryRead(out read))
            {
                received.Write(read.Buffer.ToArray());
                pair.Input.AdvanceTo(read.Buffer.End);
            }
        }

        await sending.Within();
        Assert.Equal(data, received.ToArray());

        async Task SendAllAsync()
        {
            // What was looked at in vain comes again, when it is known that nothing more does.
            await pair.Client.SendAsync(data);
            pair.Client.Shutdown(SocketShutdown.Send);
        }
    }

    [Fact]
    public async Task Read_OfWhatWasLookedAtInVain_WaitsForMore_AndHasBoth()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("half "u8.ToArray());
        var read = await pair.Input.ReadAsync();
        pair.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        Assert.False(pair.Input.TryRead(out _));

        var next = pair.Input.ReadAsync().AsTask();
        Assert.False(next.IsCompleted);
        await pair.Client.SendAsync("and half"u8.ToArray());

        Assert.Equal("half and half", Take(pair, await next.Within()));
    }

    [Fact]
    public async Task Read_OfWhatWasNotLookedAt_HasItAgain()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("first second"u8.ToArray());
        var read = await pair.Input.ReadAsync();
        pair.Input.AdvanceTo(read.Buffer.GetPosition(6));

        Assert.True(pair.Input.TryRead(out read));

        Assert.Equal("second", Take(pair, read));
    }

    [Fact]
    public async Task Read_WhenTheClientEnds_HasWhatCameBefore_ThenTheEnd()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("last"u8.ToArray());
        pair.Client.Dispose();

        Assert.Equal("last", Take(pair, await pair.Input.ReadAsync().AsTask().Within()));
        for (var i = 0; i < 2; i++)
        {
            var read = await pair.Input.ReadAsync().AsTask().Within();
            Assert.True(read.IsCompleted);
            Assert.True(read.Buffer.IsEmpty);
            pair.Input.AdvanceTo(read.Buffer.End);
        }

        Assert.True(pair.Input.TryRead(out _));
        await pair.Owner.HasInputEnded.Within();
    }

    [Fact]
    public async Task Read_ThatWaits_WhenTheClientResets_Fails()
    {
        using var pair = await OpenAsync();
        var read = pair.Input.ReadAsync().AsTask();

        pair.Reset();

        await Assert.ThrowsAsync<ConnectionResetException>(() => read.Within());
        await pair.Owner.HasInputEnded.Within();
        Assert.Throws<ConnectionResetException>(() => pair.Input.TryRead(out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_WhileNobodyReads_NoticesTheClientsEnd(bool resets)
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("request"u8.ToArray());
        Take(pair, await pair.Input.ReadAsync());
        pair.Input.Watch();
        Assert.False(pair.Owner.HasInputEnded.IsCompleted);

        if (resets)
        {
            pair.Reset();
        }
        else
        {
            pair.Client.Dispose();
        }

        await pair.Owner.HasInputEnded.Within();
    }

    [Fact]
    public async Task Watch_BehindTheClientsEnd_NoticesIt()
    {
        using var pair = await OpenAsync();
        var read = pair.Input.ReadAsync().AsTask();
        await pair.Client.SendAsync("request"u8.ToArray());
        Take(pair, await read.Within());
        pair.Client.Dispose();
        await Deadline.Until(() =>
        {
            pair.Input.Watch();
            return pair.Owner.HasInputEnded.IsCompleted;
        });
    }

    [Fact]
    public async Task Watch_OfData_LeavesItToWhoReadsThen()
    {
        using var pair = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            await pair.SendAsync("request"u8.ToArray());
            pair.Input.Watch();
            Assert.Equal("request", Take(pair, await pair.Input.ReadAsync().AsTask().Within()));
            pair.Input.Watch();
            pair.Input.Watch();
            await pair.SendAsync("next"u8.ToArray());
            Assert.Equal("next", Take(pair, await pair.Input.ReadAsync().AsTask().Within()));
        }

        Assert.False(pair.Owner.HasInputEnded.IsCompleted);
    }

    [Fact]
    public async Task CancelPendingRead_WakesTheReader_AndNothingIsLost()
    {
        using var pair = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var read = pair.Input.ReadAsync().AsTask();
            pair.Input.CancelPendingRead();
            var cancelled = await read.Within();
            Assert.True(cancelled.IsCanceled);
            Assert.True(cancelled.Buffer.IsEmpty);
            pair.Input.AdvanceTo(cancelled.Buffer.End);

            var next = pair.Input.ReadAsync().AsTask();
            Assert.False(next.IsCompleted);
            await pair.Client.SendAsync("hello"u8.ToArray());
            Assert.Equal("hello", Take(pair, await next.Within()));
        }
    }

    [Fact]
    public async Task CancelPendingRead_WhileNobodyReads_IsForTheNextRead()
    {
        using var pair = await OpenAsync();
        await pair.SendAsync("hello"u8.ToArray());
        pair.Input.CancelPendingRead();

        var cancelled = await pair.Input.ReadAsync();
        Assert.True(cancelled.IsCanceled);
        pair.Input.AdvanceTo(cancelled.Buffer.Start);

        Assert.Equal("hello", Take(pair, await pair.Input.ReadAsync()));
    }

    [Fact]
    public async Task Read_WhoseTokenIsCancelled_Throws_AndNothingIsLost()
    {
        using var pair = await OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var read = pair.Input.ReadAsync(cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pair.Input.ReadAsync(cancellation.Token).AsTask());
        await pair.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello", Take(pair, await pair.Input.ReadAsync().AsTask().Within()));
    }

    [Fact]
    public async Task End_WakesTheReader_WithTheReason_Once()
    {
        using var pair = await OpenAsync();
        var read = pair.Input.ReadAsync().AsTask();

        pair.Input.End(new ConnectionAbortedException("enough"));
        pair.Input.End(new ConnectionAbortedException("again"));

        Assert.Equal("enough", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.Within())).Message);
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => pair.Input.ReadAsync().AsTask());
        Assert.True(pair.Owner.HasInputEnded.IsCompleted);
    }

    [Fact]
    public async Task Read_OnASocketThatWasClosed_Fails()
    {
        using var pair = await OpenAsync();
        pair.Dispose();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => pair.Input.ReadAsync().AsTask());
        Assert.True(pair.Owner.HasInputEnded.IsCompleted);
    }

    private protected abstract Task<SocketPair> OpenAsync();

    private static string Take(SocketPair pair, in ReadResult read)
    {
        Assert.False(read.IsCanceled);
        var text = Encoding.ASCII.GetString(read.Buffer);
        pair.Input.AdvanceTo(read.Buffer.End);
        return text;
    }
}
