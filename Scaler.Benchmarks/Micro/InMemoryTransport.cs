using System.IO.Pipelines;
using Scaler.EngineIO.Connections;

namespace Scaler.Benchmarks.Micro;

/// <summary>
/// A connection without a network. The waiting reader reads fed data at once, on the same thread. Written data is counted and
/// discarded. The transport does not allocate, so a benchmark measures the allocations of the server only.
/// </summary>
internal sealed class InMemoryTransport : ITransportConnection
{
    private readonly Pipe _fed = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, minimumSegmentSize: 32 * 1024, useSynchronizationContext: false));

    private readonly CountingWriter _written = new();

    public PipeReader Input => _fed.Reader;

    public PipeWriter Output => _written;

    public long Written => _written.Count;

    /// <summary>Passes bytes to the reader, and returns when the reader waits for more.</summary>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        var write = _fed.Writer.WriteAsync(bytes);
        if (!write.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The session is not reading.");
        }
    }

    public void Abort() => _fed.Writer.Complete();

    // The reader always runs on the thread that feeds it.
    public void RunContinuationsInline()
    {
    }

    public bool TryOutliveRequest(Func<Task> serve) => false;

    private sealed class CountingWriter : PipeWriter
    {
        public long Count { get; private set; }

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Count += source.Length;
            return default;
        }

        public override void Advance(int bytes) => throw new NotSupportedException();

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();
    }
}
