using System.Buffers;

namespace Scaler.DirectSockets.Pipes;

/// <summary>
/// Buffers the bytes between a socket and its reader or writer. It holds an array of the shared pool from
/// <see cref="GetMemory"/> to <see cref="Release"/>, and grows without a limit.
/// </summary>
internal struct SocketBuffer
{
    /// <summary>The minimum size of the array, in bytes.</summary>
    public const int MinSize = 4096;

    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>Gets the unread bytes.</summary>
    public readonly Memory<byte> Unread => _array.AsMemory(_start, _end - _start);

    /// <summary>Returns memory for the next bytes, and grows or compacts the buffer if necessary.</summary>
    /// <param name="sizeHint">The minimum length of the memory, in bytes. It is never empty.</param>
    /// <param name="initialSize">The minimum size of the array, in bytes, if none is held yet.</param>
    public Memory<byte> GetMemory(int sizeHint = 0, int initialSize = MinSize)
    {
        sizeHint = Math.Max(1, sizeHint);
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, initialSize));
            return _array;
        }

        if (_start > 0)
        {
            _array.AsSpan(_start, _end - _start).CopyTo(_array);
            _end -= _start;
            _start = 0;
        }

        if (_array.Length - _end < sizeHint)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_end + sizeHint, _array.Length * 2));
            _array.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(_end);
    }

    /// <summary>Adds bytes that were written into the memory from <see cref="GetMemory"/>.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>
    /// Removes bytes that were read. Their memory stays valid until <see cref="GetMemory"/> or <see cref="Release"/>.
    /// </summary>
    public void Consume(int count) => _start += count;

    /// <summary>Moves the memory and the unread bytes to another buffer, which the caller must release.</summary>
    /// <returns>The other buffer.</returns>
    public SocketBuffer Detach()
    {
        var detached = this;
        this = default;
        return detached;
    }

    /// <summary>Returns the memory to the pool and discards the unread bytes.</summary>
    public void Release()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            this = default;
        }
    }
}
