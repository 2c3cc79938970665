using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace Scaler.EngineIO.Queues;

/// <summary>
/// Stores the bytes of many small packets, or of one group, in one pooled array. With an array for each packet, a burst of queued
/// messages would exceed what the array pool caches. The chunk is reference-counted: the queue or group that adds to it holds one
/// reference, and each packet another. Releasing the last reference returns the array.
/// </summary>
internal sealed class PacketChunk
{
    /// <summary>The maximum length of a packet in the chunk of a queue, in bytes.</summary>
    public const int MaxPacketLength = 1024;

    private const int Size = 4096;

    // A burst of messages needs several chunks per session, more than the default pool size provides.
    private static readonly DefaultObjectPool<PacketChunk> Pool = new(new DefaultPooledObjectPolicy<PacketChunk>(), 256);

    private byte[]? _array;
    private int _used;
    private int _references;

    /// <summary>Rents a chunk for a queue, which holds the first reference.</summary>
    public static PacketChunk Rent()
    {
        var chunk = Pool.Get();
        (chunk._references, chunk._used) = (1, 0);
        return chunk;
    }

    /// <summary>Rents a chunk for a group of a known length, which holds the first reference.</summary>
    public static PacketChunk Rent(int length)
    {
        var chunk = Rent();
        chunk._array = ArrayPool<byte>.Shared.Rent(length);
        return chunk;
    }

    /// <summary>Adds the bytes of a packet. Called under the session's lock if a queue holds the chunk.</summary>
    /// <returns><see langword="true"/> if the bytes were added; <see langword="false"/> if the chunk is full.</returns>
    public bool TryAdd(ReadOnlySpan<byte> data, out int offset)
    {
        // Only the queue holds a reference: no packet uses the array, and only the caller can add one, so the array is reused.
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

    /// <summary>Releases a reference. Thread-safe.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            FreeArray();
            Pool.Return(this);
        }
    }

    /// <summary>Returns the array if no packet uses it. The chunk stays usable. Called under the session's lock.</summary>
    public void ReturnArrayIfUnused()
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
