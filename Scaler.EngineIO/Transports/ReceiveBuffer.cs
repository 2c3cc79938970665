using System.Buffers;

namespace Scaler.EngineIO.Transports;

/// <summary>
/// A buffer for bytes that have been received and not read yet. It holds an array of the shared pool from <see cref="GetWriteMemory"/>
/// to <see cref="Release"/>.
/// </summary>
internal struct ReceiveBuffer
{
    // The minimum size of the array, in bytes.
    private const int MinSize = 4096;

    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>Gets the unread bytes.</summary>
    public readonly Memory<byte> Unread => _array.AsMemory(_start, _end - _start);

    /// <summary>
    /// Gets or sets the number of unread bytes that the reader needs to continue. Growth beyond 4 KiB is limited to it.
    /// </summary>
    public int RequiredLength { get; set; }

    /// <summary>Returns the memory for the next received bytes, and grows or compacts the buffer if necessary.</summary>
    public Memory<byte> GetWriteMemory()
    {
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(MinSize);
            return _array;
        }

        if (_start > 0)
        {
            _array.AsSpan(_start, _end - _start).CopyTo(_array);
            _end -= _start;
            _start = 0;
        }

        if (_end == _array.Length)
        {
            // Doubles as data arrives: the memory follows the length that the client has sent, not the length that it has
            // announced.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(MinSize, Math.Min(RequiredLength, _array.Length * 2)));
            _array.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(_end);
    }

    /// <summary>Adds bytes that were received into the memory from <see cref="GetWriteMemory"/>.</summary>
    public void Commit(int count) => _end += count;

    /// <summary>
    /// Removes bytes that were read. Their memory stays valid until <see cref="GetWriteMemory"/> or <see cref="Release"/>.
    /// </summary>
    public void Consume(int count) => _start += count;

    /// <summary>Returns the memory to the pool and discards the unread bytes.</summary>
    public void Release()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }

        (_start, _end) = (0, 0);
    }
}
