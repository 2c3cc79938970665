using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Tests.Helpers;

namespace Scaler.Tests.Cluster.Peers;

public sealed class BufferableBodyTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _pipe = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task ReadAsync_BodyArrivesInTime_ReturnsTheWholeBody(int first)
    {
        await _pipe.Writer.WriteAsync("body"u8[..first].ToArray());
        var reading = BufferableBody.ReadAsync(_pipe.Reader, 4, _time).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(99));
        await _pipe.Writer.WriteAsync("body"u8[first..].ToArray());

        Assert.Equal("body"u8.ToArray(), (await reading.WithTimeout()).Buffer.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task ReadAsync_BodyTooLate_LeavesItsBytesUnconsumed(int first)
    {
        await _pipe.Writer.WriteAsync("body"u8[..first].ToArray());
        var reading = BufferableBody.ReadAsync(_pipe.Reader, 4, _time).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(100));

        var read = await reading.WithTimeout();
        Assert.Equal("body"u8[..first].ToArray(), read.Buffer.ToArray());
        _pipe.Reader.AdvanceTo(read.Buffer.Start);
        await AssertRestAsync(first);
    }

    [Fact]
    public async Task ReadAsync_BodyArrivesAtTheTimeout_NextReadIsNotCanceled()
    {
        var reader = new TimeoutAfterBodyReader(_pipe, _time);
        var read = await BufferableBody.ReadAsync(reader, 4, _time).AsTask().WithTimeout();
        Assert.Equal("body"u8.ToArray(), read.Buffer.ToArray());
        _pipe.Reader.AdvanceTo(read.Buffer.Start);
        await AssertRestAsync(4);
    }

    [Fact]
    public async Task ReadAsync_BodyAborted_Throws()
    {
        var reading = BufferableBody.ReadAsync(_pipe.Reader, 4, _time).AsTask();
        await _pipe.Writer.CompleteAsync(new IOException("reset"));
        await Assert.ThrowsAsync<IOException>(() => reading.WithTimeout());
    }

    /// <summary>Kestrel's reader throws the reason of the abort from <see cref="PipeReader.CancelPendingRead"/>.</summary>
    [Fact]
    public async Task ReadAsync_BodyAbortedAtTheTimeout_ThrowsToTheReaderOnly()
    {
        var reader = new AbortedReader();
        var reading = BufferableBody.ReadAsync(reader, 4, _time).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(100));
        reader.EndRead();
        await Assert.ThrowsAsync<IOException>(() => reading.WithTimeout());
    }

    /// <summary>Asserts that the next read returns the whole body and is not canceled.</summary>
    private async Task AssertRestAsync(int first)
    {
        await _pipe.Writer.WriteAsync("body"u8[first..].ToArray());
        await _pipe.Writer.CompleteAsync();
        var read = await _pipe.Reader.ReadAtLeastAsync(4).AsTask().WithTimeout();
        Assert.False(read.IsCanceled);
        Assert.Equal("body"u8.ToArray(), read.Buffer.ToArray());
    }

    /// <summary>A pipe reader whose first read lets the timeout elapse right after the body has arrived.</summary>
    private sealed class TimeoutAfterBodyReader(Pipe pipe, FakeTimeProvider time) : PipeReader
    {
        private bool _timedOut;

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return false;
        }

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            if (_timedOut)
            {
                return await pipe.Reader.ReadAsync(cancellationToken);
            }

            _timedOut = true;
            await pipe.Writer.WriteAsync("body"u8.ToArray(), cancellationToken);
            var read = await pipe.Reader.ReadAsync(cancellationToken);
            time.Advance(TimeSpan.FromMilliseconds(100));
            return read;
        }

        public override void AdvanceTo(SequencePosition consumed) => pipe.Reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => pipe.Reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => pipe.Reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => pipe.Reader.Complete(exception);
    }

    /// <summary>The reader of a request that was aborted while a read was pending.</summary>
    private sealed class AbortedReader : PipeReader
    {
        private readonly TaskCompletionSource<ReadResult> _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void EndRead() => _read.SetException(new IOException("reset"));

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return false;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(_read.Task);

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead() => throw new IOException("reset");

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
