using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Scaler.EngineIO.Buffers;
using Scaler.EngineIO.Compression;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Transports;

/// <summary>
/// Assembles a message from its frames and decodes it. The memory of a message is held until <see cref="Release"/>. A message in
/// one frame without compression needs no memory.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Release and Abandon return the memory.")]
internal struct MessageAssembler
{
    private PooledBuffer? _fragments;
    private PooledBuffer? _inflated;
    private WebSocketOpcode _opcode;
    private bool _compressed;
    private bool _complete;

    /// <summary>Gets a value indicating whether a fragmented message has begun.</summary>
    public readonly bool InProgress => _fragments is not null;

    /// <summary>Gets the number of frames of the fragmented message so far.</summary>
    public int FragmentCount { get; private set; }

    /// <summary>Gets the number of bytes of the fragmented message so far.</summary>
    public readonly int Length => _fragments?.Length ?? 0;

    /// <summary>Gets a value indicating whether the message is text.</summary>
    public readonly bool IsText => _opcode == WebSocketOpcode.Text;

    /// <summary>Adds a data frame.</summary>
    /// <param name="header">The header of the frame.</param>
    /// <param name="payload">The payload of the frame; on completion, the payload of the whole message.</param>
    /// <returns><see langword="true"/> if the message is complete; otherwise, <see langword="false"/>.</returns>
    public bool Add(in FrameHeader header, ref ReadOnlyMemory<byte> payload)
    {
        if (_fragments is null)
        {
            _opcode = header.Opcode;
            _compressed = header.Compressed;
            if (header.Final)
            {
                return true;
            }

            _fragments = new PooledBuffer(Math.Max(256, payload.Length));
        }

        FragmentCount++;
        _fragments.Write(payload.Span);
        if (!header.Final)
        {
            return false;
        }

        _complete = true;
        payload = _fragments.Memory;
        return true;
    }

    /// <summary>Decompresses the payload of a complete message if necessary, and validates text.</summary>
    /// <param name="payload">The payload of the message.</param>
    /// <param name="maxLength">The maximum length of the message, in bytes.</param>
    /// <param name="data">The decoded message.</param>
    /// <returns>The error, or <see cref="FrameError.None"/>.</returns>
    public FrameError Decode(ReadOnlyMemory<byte> payload, int maxLength, out ReadOnlyMemory<byte> data)
    {
        data = payload;
        if (_compressed)
        {
            try
            {
                _inflated = MessageDeflate.Decompress(payload.Span, maxLength);
            }
            catch (InvalidDataException)
            {
                return FrameError.BadCompression;
            }

            if (_inflated is null)
            {
                return FrameError.TooBig;
            }

            data = _inflated.Memory;
        }

        return IsText && !Utf8.IsValid(data.Span) ? FrameError.InvalidUtf8 : FrameError.None;
    }

    /// <summary>Returns the memory of a complete message to the pool. The memory of an incomplete message is kept.</summary>
    public void Release()
    {
        _inflated?.Dispose();
        _inflated = null;
        if (_complete)
        {
            _fragments?.Dispose();
            _fragments = null;
            FragmentCount = 0;
            _complete = false;
        }
    }

    /// <summary>Returns all memory to the pool.</summary>
    public void Abandon()
    {
        _complete = true;
        Release();
    }
}
