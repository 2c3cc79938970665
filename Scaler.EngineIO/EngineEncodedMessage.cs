using System.Buffers;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO;

/// <summary>
/// A message that is encoded once and sent to many sessions. It is counted by reference: each queue that it waits in holds
/// one, its creator another, and the last to let go gives its memory back to the pool.
/// </summary>
public sealed class EngineEncodedMessage : IDisposable
{
    // The array begins with room for a frame's header and the type digit, so that the finished frame lies in one piece:
    // [ header, up to 10 bytes | '4' | data ]; a binary message has no digit, and its header ends where the data begins.
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
        _frameOffset = payloadOffset - FrameHeader.ServerLength(payload);
        FrameHeader.Write(_array.AsSpan(_frameOffset), isText ? WebSocketOpcode.Text : WebSocketOpcode.Binary, false, payload);
        if (isText)
        {
            _array[payloadOffset] = (byte)'4';
        }
    }

    /// <summary>Whether it is text or binary.</summary>
    public EngineMessageKind Kind { get; }

    /// <summary>The bytes of the message.</summary>
    public int Length => _length;

    internal ReadOnlySpan<byte> Data => _array.AsSpan(DataOffset, _length);

    /// <summary>The WebSocket frame of the message: for text in both protocols, for binary in protocol 4.</summary>
    internal ReadOnlyMemory<byte> FrameMemory => _array.AsMemory(_frameOffset, DataOffset + _length - _frameOffset);

    /// <inheritdoc cref="FrameMemory"/>
    internal ReadOnlySpan<byte> Frame => FrameMemory.Span;

    /// <summary>What the frame carries.</summary>
    internal ReadOnlySpan<byte> FramePayload => Kind == EngineMessageKind.Text ? _array.AsSpan(DataOffset - 1, _length + 1) : Data;

    /// <summary>Encodes a message.</summary>
    /// <param name="data">The bytes: valid UTF-8 for text. They are copied.</param>
    /// <param name="kind">Whether it is text or binary.</param>
    public static EngineEncodedMessage Create(ReadOnlySpan<byte> data, EngineMessageKind kind) => new(data, kind);

    /// <summary>Drops the creator's reference. Queues that hold the message keep it alive until they have sent it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    /// <summary>Takes a reference. Throws when the last one is gone.</summary>
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

    /// <summary>The frame's payload, compressed once for all who take it so. The caller holds a reference.</summary>
    internal ReadOnlySpan<byte> GetCompressed()
    {
        lock (_lock)
        {
            _compressed ??= Transports.MessageDeflate.Compress(FramePayload, out _compressedLength);
            return _compressed.AsSpan(0, _compressedLength);
        }
    }
}
