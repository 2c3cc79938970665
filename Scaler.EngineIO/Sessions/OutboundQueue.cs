using System.Buffers;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// What waits to be sent to one client: one packet in place, which is all that most clients ever have waiting; more of them in a ring, rented
/// while there is something in it, so that an idle session holds none. Not thread-safe: the session's lock guards it.
/// </summary>
internal struct OutboundQueue
{
    private const int SmallestRing = 16;

    // The only packet, where there is no ring.
    private OutboundPacket _only;
    private OutboundPacket[]? _ring;
    private int _first;
    private PacketChunk? _chunk;

    public int Count { get; private set; }

    /// <summary>The cost of the packets in the queue, and of those taken out that the transport still holds.</summary>
    public int Bytes { get; private set; }

    public readonly bool HasRoom(int cost, int maxBytes, int maxPackets) =>
        Bytes == 0 || (Count < maxPackets && (long)Bytes + cost <= maxBytes);

    public void Enqueue(in OutboundPacket packet)
    {
        if (_ring is null && Count == 0)
        {
            _only = packet;
        }
        else
        {
            if (_ring is null || Count == _ring.Length)
            {
                Grow();
            }

            _ring![(_first + Count) & (_ring.Length - 1)] = packet;
        }

        Count++;
        Bytes += packet.Cost;
    }

    /// <summary>Queues a small packet, whose bytes are copied.</summary>
    public void EnqueueCopy(PacketType type, PacketBody body, ReadOnlySpan<byte> data, EngineSendFlags flags)
    {
        _chunk ??= PacketChunk.Take();
        if (!_chunk.TryAdd(data, out var offset))
        {
            _chunk.Release();
            _chunk = PacketChunk.Take();
            _chunk.TryAdd(data, out offset);
        }

        Enqueue(new OutboundPacket(type, body, _chunk, data.Length, flags, offset));
    }

    public readonly OutboundPacket Peek() => _ring is null ? _only : _ring[_first];

    /// <summary>Takes the next packet. Its cost counts until it is given back to <see cref="Release"/>.</summary>
    public OutboundPacket Dequeue()
    {
        Count--;
        OutboundPacket packet;
        if (_ring is null)
        {
            packet = _only;
            _only = default;
            return packet;
        }

        packet = _ring[_first];
        _ring[_first] = default;
        _first = (_first + 1) & (_ring.Length - 1);
        if (Count == 0)
        {
            ReturnRing();
        }

        return packet;
    }

    public void Release(int cost)
    {
        Bytes -= cost;
        FreeIfUnused();
    }

    /// <summary>Gives memory back that no packet needs any more.</summary>
    public readonly void FreeIfUnused()
    {
        if (Count == 0)
        {
            _chunk?.FreeIfUnused();
        }
    }

    /// <summary>Drops all packets.</summary>
    public void Clear()
    {
        while (Count > 0)
        {
            var packet = Dequeue();
            packet.Release();
            Release(packet.Cost);
        }
    }

    private void Grow()
    {
        // The pool's arrays of these lengths are powers of two, which the ring's mask needs.
        var ring = ArrayPool<OutboundPacket>.Shared.Rent(_ring is null ? SmallestRing : _ring.Length * 2);
        if (_ring is null)
        {
            ring[0] = _only;
            _only = default;
        }
        else
        {
            var head = _ring.Length - _first;
            Array.Copy(_ring, _first, ring, 0, head);
            Array.Copy(_ring, 0, ring, head, _first);
            ReturnRing();
        }

        _ring = ring;
        _first = 0;
    }

    // What was taken out of it is cleared already; what was copied into a larger one is not.
    private void ReturnRing()
    {
        ArrayPool<OutboundPacket>.Shared.Return(_ring!, clearArray: Count > 0);
        _ring = null;
        _first = 0;
    }
}
