using System.Buffers;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Queues;

/// <summary>
/// A queued packet. Its bytes are a rented array, a part of a chunk, or a shared message. The code that dequeues the packet
/// releases them.
/// </summary>
internal readonly struct OutboundPacket(
    PacketType type, PacketBodyFormat body, object? content, int length, EngineSendFlags flags, int offset = 0,
    bool hasNext = false)
{
    /// <summary>
    /// The cost of a packet in addition to its length, in bytes: its queue slot, and the unused part of its pooled array.
    /// </summary>
    private const int Overhead = 64;

    private readonly object? _content = content;
    private readonly int _offset = offset;

    public PacketType Type { get; } = type;

    public PacketBodyFormat Body { get; } = body;

    public EngineSendFlags Flags { get; } = flags;

    public int Length { get; } = length;

    /// <summary>Gets a value indicating whether the next packet in the queue belongs to the same group of messages.</summary>
    public bool HasNextInGroup { get; } = hasNext;

    /// <summary>Gets the cost of the packet against the session's <see cref="EngineIOOptions.MaxQueuedBytes"/>.</summary>
    public int Cost => CostOf(Length);

    /// <summary>Gets the shared message, or <see langword="null"/> if the packet belongs to one session only.</summary>
    public EngineEncodedMessage? SharedMessage => _content as EngineEncodedMessage;

    public ReadOnlySpan<byte> Data => _content switch
    {
        byte[] array => array.AsSpan(0, Length),
        PacketChunk chunk => chunk.Slice(_offset, Length),
        EngineEncodedMessage shared => shared.Data,
        _ => default,
    };

    /// <summary>Calculates the cost of a packet.</summary>
    public static int CostOf(int length) => length + Overhead;

    /// <summary>Creates a packet with a copy of the data.</summary>
    public static OutboundPacket Copy(PacketType type, PacketBodyFormat body, ReadOnlySpan<byte> data, EngineSendFlags flags)
    {
        if (data.IsEmpty)
        {
            return new OutboundPacket(type, body, null, 0, flags);
        }

        var array = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(array);
        return new OutboundPacket(type, body, array, data.Length, flags);
    }

    /// <summary>Creates a packet of a shared message. The caller adds the reference that the packet holds.</summary>
    public static OutboundPacket Share(EngineEncodedMessage message, EngineSendFlags flags, bool hasNext = false)
    {
        var body = message.Kind == EngineMessageKind.Text ? PacketBodyFormat.Text : PacketBodyFormat.Binary;
        return new OutboundPacket(PacketType.Message, body, message, message.Length, flags, hasNext: hasNext);
    }

    public static OutboundPacket Empty(PacketType type) => new(type, PacketBodyFormat.Text, null, 0, EngineSendFlags.NoCompression);

    public void Release()
    {
        if (_content is byte[] array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
        else if (_content is PacketChunk chunk)
        {
            chunk.Release();
        }
        else if (_content is EngineEncodedMessage shared)
        {
            shared.Release();
        }
    }
}
