using System.Buffers;

namespace Scaler.EngineIO.Transports;

/// <summary>What has been received and not been read yet, in an array of the shared pool that is held only while there is some.</summary>
internal struct ReceiveBuffer
{
    /// <summary>How much memory is held at least, in bytes, where there is any.</summary>
    public const int Smallest = 4096;

    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>What is there.</summary>
    public readonly Memory<byte> Unread => _array.AsMemory(_start, _end - _start);

    /// <summary>How much there has to be until it can be read on; the buffer grows no further for less.</summary>
    public int Wanted { get; set; }

    /// <summary>Where the next bytes go.</summary>
    /// <param name="first">How much room there is to be, in bytes, where no memory is held yet.</param>
    public Memory<byte> MakeRoom(int first = Smallest)
    {
        if (_array is null)
        {
            _array = ArrayPool<byte>.Shared.Rent(first);
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
            // Doubled as data comes, so that memory follows what a client has sent, not what it has announced.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Smallest, Math.Min(Wanted, _array.Length * 2)));
            _array.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(_end);
    }

    /// <summary>So many bytes have come to where there was room.</summary>
    public void Add(int count) => _end += count;

    /// <summary>So many bytes have been read. Their memory stays until <see cref="MakeRoom"/> or <see cref="Free"/>.</summary>
    public void Skip(int count) => _start += count;

    /// <summary>Gives the memory back; what is unread is forgotten.</summary>
    public void Free()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }

        (_start, _end) = (0, 0);
    }
}
