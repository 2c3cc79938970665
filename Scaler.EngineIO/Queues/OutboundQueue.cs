using System.Buffers;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Queues;

/// <summary>
/// The queue of outgoing packets of one client. A single packet, the most that most clients ever have queued, is stored inline.
/// More packets use a ring buffer that is rented until it is empty, so an idle session holds none. Not thread-safe: the session's
/// lock guards it.
/// </summary>
internal struct OutboundQueue
{
    private const int MinRingLength = 16;

    // The only packet, if there is no ring.
    private OutboundPacket _single;
    private OutboundPacket[]? _ring;
    private int _first;
    private PacketChunk? _chunk;

    public int Count { get; private set; }

    /// <summary>Gets the cost of the queued packets, and of dequeued packets whose cost the transport has not released.</summary>
    public int Bytes { get; private set; }

    public readonly bool HasRoom(int count, int cost, int maxBytes, int maxPackets) =>
        Bytes == 0 || ((long)Count + count <= maxPackets && (long)Bytes + cost <= maxBytes);

    public void Enqueue(in OutboundPacket packet)
    {
        if (_ring is null && Count == 0)
        {
            _single = packet;
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

    /// <summary>Enqueues the packets of a group. They stay adjacent.</summary>
    public void Enqueue(in PacketGroup group)
    {
        for (var i = 0; i < group.Count; i++)
        {
            Enqueue(group[i]);
        }
    }

    /// <summary>Enqueues a small packet and copies its bytes into a chunk.</summary>
    public void EnqueueCopy(
        PacketType type, PacketBodyFormat body, ReadOnlySpan<byte> data, EngineSendFlags flags, bool hasNext = false)
    {
        _chunk ??= PacketChunk.Rent();
        if (!_chunk.TryAdd(data, out var offset))
        {
            _chunk.Release();
            _chunk = PacketChunk.Rent();
            _chunk.TryAdd(data, out offset);
        }

        Enqueue(new OutboundPacket(type, body, _chunk, data.Length, flags, offset, hasNext));
    }

    public readonly OutboundPacket Peek(int index = 0) => _ring is null ? _single : _ring[(_first + index) & (_ring.Length - 1)];

    /// <summary>Dequeues the next packet. Its cost counts until it is passed to <see cref="ReleaseCost"/>.</summary>
    public OutboundPacket Dequeue()
    {
        Count--;
        OutboundPacket packet;
        if (_ring is null)
        {
            packet = _single;
            _single = default;
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

    public void ReleaseCost(int cost)
    {
        Bytes -= cost;
        ReturnUnusedMemory();
    }

    /// <summary>Frees the chunk's array if no packet uses it.</summary>
    public readonly void ReturnUnusedMemory()
    {
        if (Count == 0)
        {
            _chunk?.ReturnArrayIfUnused();
        }
    }

    /// <summary>Drops all packets.</summary>
    public void Clear()
    {
        while (Count > 0)
        {
            var packet = Dequeue();
            packet.Release();
            ReleaseCost(packet.Cost);
        }
    }

    private void Grow()
    {
        // The array pool returns powers of two for these lengths, as the index mask of the ring requires.
        var ring = ArrayPool<OutboundPacket>.Shared.Rent(_ring is null ? MinRingLength : _ring.Length * 2);
        if (_ring is null)
        {
            ring[0] = _single;
            _single = default;
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

    // Dequeued slots are already cleared. Slots that were copied to a larger ring are not.
    private void ReturnRing()
    {
        ArrayPool<OutboundPacket>.Shared.Return(_ring!, clearArray: Count > 0);
        _ring = null;
        _first = 0;
    }
}
