using System.Buffers;
using System.Buffers.Binary;

namespace Scaler.Benchmarks.Load.Wire;

/// <summary>
/// The receive buffer of a WebSocket client. Parses the frames of a server (RFC 6455, section 5.2), and joins the fragments of a
/// message.
/// </summary>
internal sealed class FrameBuffer(int size)
{
    private const byte OpcodeMask = 0x0F;
    private const byte FinalBit = 0x80;
    private const int Continuation = 0;
    private const int FirstControl = 8;
    private byte[] _buffer = new byte[size];
    private ArrayBufferWriter<byte>? _fragments;
    private int _fragmentedOpcode;
    private int _start;
    private int _end;

    /// <summary>Gets the received bytes that are not consumed yet.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>
    /// Returns the memory to receive into. Moves the unread bytes to the start of the buffer; a full buffer grows.
    /// </summary>
    public Memory<byte> Free()
    {
        Unread.CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>Adds the bytes that were received into the free memory.</summary>
    public void Append(int count) => _end += count;

    /// <summary>Consumes bytes that are not frames: the response of the handshake.</summary>
    public void Skip(int count) => _start += count;

    /// <summary>Reads the next control frame or whole message. The payload is valid until the next call.</summary>
    public bool TryRead(out int opcode, out ReadOnlySpan<byte> payload)
    {
        while (TryReadFrame(out var first, out payload))
        {
            opcode = first & OpcodeMask;
            var isFinal = (first & FinalBit) != 0;
            if (opcode >= FirstControl || (isFinal && opcode != Continuation))
            {
                return true;
            }

            if (opcode != Continuation)
            {
                _fragments ??= new ArrayBufferWriter<byte>();
                _fragments.ResetWrittenCount();
                _fragmentedOpcode = opcode;
            }

            (_fragments ?? throw new InvalidDataException("A continuation frame has no first fragment.")).Write(payload);
            if (isFinal)
            {
                opcode = _fragmentedOpcode;
                payload = _fragments.WrittenSpan;
                return true;
            }
        }

        opcode = 0;
        return false;
    }

    private bool TryReadFrame(out byte first, out ReadOnlySpan<byte> payload)
    {
        var source = Unread;
        first = 0;
        payload = default;
        if (source.Length < 2)
        {
            return false;
        }

        long length = source[1];
        var header = length switch
        {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        if (source.Length < header)
        {
            return false;
        }

        length = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            10 => BinaryPrimitives.ReadInt64BigEndian(source[2..]),
            _ => length,
        };
        if (source.Length < header + length)
        {
            return false;
        }

        first = source[0];
        payload = source.Slice(header, (int)length);
        _start += header + (int)length;
        return true;
    }
}
