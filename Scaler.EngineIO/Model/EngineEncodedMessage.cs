using System.Buffers;
using Scaler.EngineIO.Compression;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO;

/// <summary>
/// Represents a message that is encoded once and sent to many sessions. The message is reference-counted: its creator and each
/// queue that contains it hold one reference. Releasing the last reference returns its memory to the array pool.
/// </summary>
public sealed class EngineEncodedMessage : IDisposable
{
    // The array starts with space for the frame header and the packet type digit, so that the encoded frame is contiguous:
    // [ header, up to 10 bytes | '4' | data ]. A binary message has no digit; its header ends where the data begins.
    private const int DataOffset = FrameHeader.MaxServerLength + 1;

    private readonly Lock _lock = new();
    private readonly int _length;
    private readonly int _frameOffset;
    private byte[] _array;
    private byte[]? _compressed;
    private int _compressedLength;
    private int _references = 1;
    private int _disposed;

    private EngineEncodedMessage(ReadOnlySpan<byte> data, EngineMessageKind kind)
    {
        Kind = kind;
        _length = data.Length;
        _array = ArrayPool<byte>.Shared.Rent(DataOffset + data.Length);
        data.CopyTo(_array.AsSpan(DataOffset));

        var isText = kind == EngineMessageKind.Text;
        var payload = isText ? data.Length + 1 : data.Length;
        var payloadOffset = DataOffset + data.Length - payload;
        _frameOffset = payloadOffset - FrameHeader.GetServerHeaderLength(payload);
        FrameHeader.WriteServerHeader(_array.AsSpan(_frameOffset), isText ? WebSocketOpcode.Text : WebSocketOpcode.Binary, false, payload);
        if (isText)
        {
            _array[payloadOffset] = (byte)'4';
        }
    }

    /// <summary>Gets the kind of the message: text or binary.</summary>
    public EngineMessageKind Kind { get; }

    /// <summary>Gets the length of the message, in bytes.</summary>
    public int Length => _length;

    internal ReadOnlySpan<byte> Data => _array.AsSpan(DataOffset, _length);

    /// <summary>
    /// Gets the WebSocket frame of the message. Valid for text in both protocol versions, and for binary in protocol 4.
    /// </summary>
    internal ReadOnlyMemory<byte> FrameMemory => _array.AsMemory(_frameOffset, DataOffset + _length - _frameOffset);

    /// <inheritdoc cref="FrameMemory"/>
    internal ReadOnlySpan<byte> Frame => FrameMemory.Span;

    /// <summary>Gets the payload of the frame: the data, preceded by the packet type digit for text.</summary>
    internal ReadOnlySpan<byte> FramePayload => Kind == EngineMessageKind.Text ? _array.AsSpan(DataOffset - 1, _length + 1) : Data;

    /// <summary>Encodes a message.</summary>
    /// <param name="data">The message bytes; valid UTF-8 for text. The bytes are copied.</param>
    /// <param name="kind">The kind of the message.</param>
    /// <returns>The encoded message. Its creator disposes of it.</returns>
    public static EngineEncodedMessage Create(ReadOnlySpan<byte> data, EngineMessageKind kind) => new(data, kind);

    /// <summary>Releases the creator's reference. Queues that contain the message keep its memory until it is sent.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    /// <summary>Adds a reference.</summary>
    /// <exception cref="ObjectDisposedException">The last reference has been released.</exception>
    internal void Retain()
    {
        var references = Volatile.Read(ref _references);
        while (true)
        {
            ObjectDisposedException.ThrowIf(references == 0, this);
            var seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
            {
                return;
            }

            references = seen;
        }
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        if (_compressed is not null)
        {
            ArrayPool<byte>.Shared.Return(_compressed);
            _compressed = null;
        }
    }

    /// <summary>
    /// Returns the compressed frame payload, which is cached for all sessions. The caller must hold a reference.
    /// </summary>
    internal ReadOnlySpan<byte> GetCompressed()
    {
        lock (_lock)
        {
            _compressed ??= MessageDeflate.Compress(FramePayload, out _compressedLength);
            return _compressed.AsSpan(0, _compressedLength);
        }
    }
}
