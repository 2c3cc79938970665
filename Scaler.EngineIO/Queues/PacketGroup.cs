using System.Buffers;
using System.Diagnostics;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Queues;

/// <summary>
/// The packets of one send, which are queued as a whole or not at all: a single packet, or a group in a rented array. The code
/// that queues the group returns the array, or releases the group if it is not queued.
/// </summary>
internal readonly struct PacketGroup
{
    private readonly OutboundPacket _single;
    private readonly OutboundPacket[]? _rented;

    public PacketGroup(in OutboundPacket packet)
    {
        _single = packet;
        (Count, Cost) = (1, packet.Cost);
    }

    private PacketGroup(OutboundPacket[] rented, int count)
    {
        _rented = rented;
        Count = count;
        foreach (var packet in rented.AsSpan(0, count))
        {
            Cost += packet.Cost;
        }
    }

    public int Count { get; }

    /// <summary>Gets the cost of the packets against the session's <see cref="EngineIOOptions.MaxQueuedBytes"/>.</summary>
    public int Cost { get; }

    public bool IsVolatile => (this[0].Flags & EngineSendFlags.Volatile) != 0;

    public OutboundPacket this[int index] => _rented is null ? _single : _rented[index];

    /// <summary>Calculates the cost of a group.</summary>
    public static long CostOf(ReadOnlySpan<EngineMessage> messages)
    {
        var cost = 0L;
        foreach (var message in messages)
        {
            cost += OutboundPacket.CostOf(message.Data.Length);
        }

        return cost;
    }

    /// <inheritdoc cref="CostOf(ReadOnlySpan{EngineMessage})"/>
    public static long CostOf(ReadOnlySpan<EngineEncodedMessage> messages)
    {
        var cost = 0L;
        foreach (var message in messages)
        {
            cost += OutboundPacket.CostOf(message.Length);
        }

        return cost;
    }

    /// <summary>Creates a group with a copy of the messages, in one chunk.</summary>
    public static PacketGroup Copy(ReadOnlySpan<EngineMessage> messages, EngineSendFlags flags)
    {
        var length = 0;
        foreach (var message in messages)
        {
            length += message.Data.Length;
        }

        var chunk = PacketChunk.Rent(length);
        var packets = ArrayPool<OutboundPacket>.Shared.Rent(messages.Length);
        for (var i = 0; i < messages.Length; i++)
        {
            var (data, body) = (messages[i].Data, messages[i].IsBinary ? PacketBodyFormat.Binary : PacketBodyFormat.Text);
            var added = chunk.TryAdd(data.Span, out var offset);
            Debug.Assert(added, "The chunk must have room for the whole group.");
            packets[i] = new OutboundPacket(PacketType.Message, body, chunk, data.Length, flags, offset, i < messages.Length - 1);
        }

        // From here on, only the packets hold the chunk.
        chunk.Release();
        return new PacketGroup(packets, messages.Length);
    }

    /// <summary>Creates a group of shared messages, and adds a reference to each.</summary>
    /// <exception cref="ObjectDisposedException">A message is disposed of. No references have been added then.</exception>
    public static PacketGroup Share(ReadOnlySpan<EngineEncodedMessage> messages, EngineSendFlags flags)
    {
        var retained = 0;
        try
        {
            foreach (var message in messages)
            {
                message.Retain();
                retained++;
            }
        }
        catch (ObjectDisposedException)
        {
            foreach (var message in messages[..retained])
            {
                message.Release();
            }

            throw;
        }

        var packets = ArrayPool<OutboundPacket>.Shared.Rent(messages.Length);
        for (var i = 0; i < messages.Length; i++)
        {
            packets[i] = OutboundPacket.Share(messages[i], flags, i < messages.Length - 1);
        }

        return new PacketGroup(packets, messages.Length);
    }

    /// <summary>Returns the array, after the packets have been copied to a queue.</summary>
    public void ReturnArray()
    {
        if (_rented is not null)
        {
            _rented.AsSpan(0, Count).Clear();
            ArrayPool<OutboundPacket>.Shared.Return(_rented);
        }
    }

    /// <summary>Releases the bytes of the packets and returns the array, because the packets are not queued.</summary>
    public void Release()
    {
        for (var i = 0; i < Count; i++)
        {
            this[i].Release();
        }

        ReturnArray();
    }
}
