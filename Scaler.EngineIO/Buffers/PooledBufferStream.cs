namespace Scaler.EngineIO.Buffers;

/// <summary>A write-only stream that writes into a pooled buffer.</summary>
internal sealed class PooledBufferStream(int capacity) : Stream
{
    public PooledBuffer Buffer { get; private set; } = new(Math.Max(256, capacity));

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Buffer.Length;

    public override long Position
    {
        get => Buffer.Length;
        set => throw new NotSupportedException();
    }

    /// <summary>Transfers ownership of the buffer to the caller.</summary>
    public PooledBuffer DetachBuffer()
    {
        var buffer = Buffer;
        Buffer = new PooledBuffer(0);
        return buffer;
    }

    public override void Flush()
    {
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        buffer.CopyTo(Buffer.GetSpan(Math.Max(1, buffer.Length)));
        Buffer.Advance(buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Buffer.Dispose();
        base.Dispose(disposing);
    }
}
