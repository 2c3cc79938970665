using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// The bytes of many small packets in one array of the pool. An array for each would be more than the pool keeps, as soon as a burst
/// of messages waits. The queue holds one reference while it adds to the chunk, each packet another; the last one gives the array back.
/// </summary>
internal sealed class PacketChunk
{
    /// <summary>The largest packet that is put into a chunk.</summary>
    public const int MaxData = 1024;

    private const int Size = 4096;

    // A burst needs several, and whoever echoes a burst needs them for each.
    private static readonly DefaultObjectPool<PacketChunk> Pool = new(new DefaultPooledObjectPolicy<PacketChunk>(), 256);

    private byte[]? _array;
    private int _used;
    private int _references;

    /// <summary>A chunk for a queue, which holds the first reference.</summary>
    public static PacketChunk Take()
    {
        var chunk = Pool.Get();
        (chunk._references, chunk._used) = (1, 0);
        return chunk;
    }

    /// <summary>Adds a packet's bytes; false when the chunk is full. Under the session's lock.</summary>
    public bool TryAdd(ReadOnlySpan<byte> data, out int offset)
    {
        // Nothing of it is in use any more, and nobody but the caller could add to it.
        if (Volatile.Read(ref _references) == 1)
        {
            _used = 0;
        }

        _array ??= ArrayPool<byte>.Shared.Rent(Size);
        offset = _used;
        if (_array.Length - _used < data.Length)
        {
            return false;
        }

        data.CopyTo(_array.AsSpan(_used));
        _used += data.Length;
        Interlocked.Increment(ref _references);
        return true;
    }

    public ReadOnlySpan<byte> Slice(int offset, int length) => _array.AsSpan(offset, length);

    /// <summary>Drops a reference. From any thread.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            FreeArray();
            Pool.Return(this);
        }
    }

    /// <summary>Gives the array back while no packet is in it; the chunk can be used again. Under the session's lock.</summary>
    public void FreeIfUnused()
    {
        if (Volatile.Read(ref _references) == 1)
        {
            FreeArray();
        }
    }

    private void FreeArray()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = null;
        }
    }
}
