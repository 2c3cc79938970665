using System.IO.Pipelines;
using Scaler.EngineIO.Transports;

namespace Scaler.Benchmarks.Micro;

/// <summary>
/// A connection without a network: what is fed is read at once by whoever waits for it, on the same thread, and what is written is
/// counted and forgotten. It allocates nothing, so what a benchmark counts is the server's.
/// </summary>
internal sealed class LoopTransport : ITransportConnection
{
    private readonly Pipe _fed = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, minimumSegmentSize: 32 * 1024, useSynchronizationContext: false));

    private readonly CountingWriter _written = new();

    public PipeReader Input => _fed.Reader;

    public PipeWriter Output => _written;

    public long Written => _written.Count;

    /// <summary>Gives the reader bytes; returns when it wants more.</summary>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        var write = _fed.Writer.WriteAsync(bytes);
        if (!write.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The session does not read.");
        }
    }

    public void Abort() => _fed.Writer.Complete();

    // What is fed is handled where it is fed.
    public void HandleWhereReceived()
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
