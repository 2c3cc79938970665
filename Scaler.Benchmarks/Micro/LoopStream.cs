using System.Threading.Tasks.Sources;

namespace Scaler.Benchmarks.Micro;

/// <summary>
/// A connection without a network: what is fed is read at once by whoever waits for it, on the same thread, and what is written is
/// counted and forgotten. It allocates nothing, so what a benchmark counts is the server's.
/// </summary>
internal sealed class LoopStream : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _waiting;
    private ReadOnlyMemory<byte> _fed;
    private Memory<byte> _destination;
    private bool _isWaiting;

    public long Written { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Gives the reader bytes; returns when it wants more.</summary>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        _fed = bytes;
        if (_isWaiting)
        {
            _isWaiting = false;
            _waiting.SetResult(Take(_destination));
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_fed.IsEmpty)
        {
            return ValueTask.FromResult(Take(buffer));
        }

        _waiting.Reset();
        _destination = buffer;
        _isWaiting = true;
        return new ValueTask<int>(this, _waiting.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Written += buffer.Length;
        return default;
    }

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _waiting.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _waiting.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiting.OnCompleted(continuation, state, token, flags);

    private int Take(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _fed.Length);
        _fed[..count].CopyTo(buffer);
        _fed = _fed[count..];
        return count;
    }
}
