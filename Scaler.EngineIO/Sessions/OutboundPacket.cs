using System.Buffers;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Sessions;

/// <summary>A packet that waits to be sent. Its bytes are a rented array, a part of a chunk, or a shared message; whoever takes it out of the queue releases them.</summary>
internal readonly struct OutboundPacket(
    PacketType type, PacketBody body, object? content, int length, EngineSendFlags flags, int offset = 0)
{
    /// <summary>What a packet counts beside its bytes: its place in the queue and what an array of the pool is larger than asked.</summary>
    private const int Overhead = 64;

    private readonly object? _content = content;
    private readonly int _offset = offset;

    public PacketType Type { get; } = type;

    public PacketBody Body { get; } = body;

    public EngineSendFlags Flags { get; } = flags;

    public int Length { get; } = length;

    /// <summary>What the packet counts against the session's limit.</summary>
    public int Cost => CostOf(Length);

    /// <summary>The message, when it is one that is shared by many sessions.</summary>
    public EngineEncodedMessage? Shared => _content as EngineEncodedMessage;

    public ReadOnlySpan<byte> Data => _content switch
    {
        byte[] array => array.AsSpan(0, Length),
        PacketChunk chunk => chunk.Slice(_offset, Length),
        EngineEncodedMessage shared => shared.Data,
        _ => default,
    };

    /// <summary>What a packet of so many bytes counts.</summary>
    public static int CostOf(int length) => length + Overhead;

    /// <summary>A packet with a copy of these bytes.</summary>
    public static OutboundPacket Copy(PacketType type, PacketBody body, ReadOnlySpan<byte> data, EngineSendFlags flags)
    {
        if (data.IsEmpty)
        {
            return new OutboundPacket(type, body, null, 0, flags);
        }

        var array = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(array);
        return new OutboundPacket(type, body, array, data.Length, flags);
    }

    public static OutboundPacket Empty(PacketType type) => new(type, PacketBody.Text, null, 0, EngineSendFlags.NoCompression);

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
