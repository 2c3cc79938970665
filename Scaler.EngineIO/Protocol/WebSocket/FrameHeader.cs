using System.Buffers.Binary;

namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>Represents the header of a WebSocket frame (RFC 6455 section 5.2).</summary>
/// <param name="Opcode">The opcode.</param>
/// <param name="Final"><see langword="true"/> if the frame is the last one of its message.</param>
/// <param name="Compressed"><see langword="true"/> if RSV1 marks the message as compressed.</param>
/// <param name="Length">The length of the payload, in bytes.</param>
/// <param name="Mask">The masking key, in memory order.</param>
internal readonly record struct FrameHeader(WebSocketOpcode Opcode, bool Final, bool Compressed, long Length, uint Mask)
{
    /// <summary>The maximum length of a server frame's header, in bytes.</summary>
    public const int MaxServerLength = 10;

    /// <summary>The maximum length of a client frame's header, in bytes.</summary>
    public const int MaxClientLength = 14;

    /// <summary>The maximum payload length of a control frame, in bytes.</summary>
    public const int MaxControlLength = 125;

    public bool IsControl => ((byte)Opcode & 0x8) != 0;

    // 81 85 37 FA 21 3D …   final, text, masked, payload of 5 bytes, then the mask
    // 82 FE 01 00 …         final, binary, masked, payload of 256 bytes, length in 16 bits
    public static FrameParseResult TryParse(
        ReadOnlySpan<byte> source, bool allowCompressed, out FrameHeader header, out int consumed, out FrameError error)
    {
        header = default;
        consumed = 0;
        error = FrameError.None;
        if (source.Length < 2)
        {
            return FrameParseResult.Incomplete;
        }

        var opcode = (WebSocketOpcode)(source[0] & 0x0F);
        var final = (source[0] & 0x80) != 0;
        var compressed = (source[0] & 0x40) != 0;
        var length = (long)(source[1] & 0x7F);
        error = Check(opcode, final, source[0], source[1], allowCompressed);
        if (error != FrameError.None)
        {
            return FrameParseResult.Invalid;
        }

        var extended = length switch { 126 => 2, 127 => 8, _ => 0 };
        if (source.Length < 2 + extended + 4)
        {
            return FrameParseResult.Incomplete;
        }

        if (extended == 2)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        }
        else if (extended == 8)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(source[2..]);
        }

        // The length must use the shortest form. The highest bit of the 64-bit form must be zero: no negative length.
        if ((extended == 2 && length < 126) || (extended == 8 && length <= ushort.MaxValue))
        {
            error = FrameError.BadLength;
            return FrameParseResult.Invalid;
        }

        // The mask is kept in memory order: byte i of the payload is XORed with byte i % 4 of the mask.
        header = new FrameHeader(opcode, final, compressed, length, BitConverter.ToUInt32(source[(2 + extended)..]));
        consumed = 2 + extended + 4;
        return FrameParseResult.Complete;
    }

    private static FrameError Check(WebSocketOpcode opcode, bool final, byte first, byte second, bool allowCompressed)
    {
        if (opcode is not (WebSocketOpcode.Continuation or WebSocketOpcode.Text or WebSocketOpcode.Binary
            or WebSocketOpcode.Close or WebSocketOpcode.Ping or WebSocketOpcode.Pong))
        {
            return FrameError.ReservedOpcode;
        }

        // RSV1 may be set only on the first frame of a compressed message (RFC 7692 section 6).
        var reserved = allowCompressed && opcode is (WebSocketOpcode.Text or WebSocketOpcode.Binary) ? 0x30 : 0x70;
        if ((first & reserved) != 0)
        {
            return FrameError.ReservedBit;
        }

        if ((second & 0x80) == 0)
        {
            return FrameError.NotMasked;
        }

        if (((byte)opcode & 0x8) == 0)
        {
            return FrameError.None;
        }

        if (!final)
        {
            return FrameError.FragmentedControl;
        }

        return (second & 0x7F) > MaxControlLength ? FrameError.ControlTooLong : FrameError.None;
    }

    /// <summary>Returns the length of a server frame's header for a payload of the given length, in bytes.</summary>
    public static int GetServerHeaderLength(long payload) => payload <= 125 ? 2 : payload <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes the header of a server frame, which is final and unmasked.</summary>
    /// <returns>The length of the header, in bytes.</returns>
    public static int WriteServerHeader(Span<byte> output, WebSocketOpcode opcode, bool compressed, long payload)
    {
        output[0] = (byte)(0x80 | (compressed ? 0x40 : 0) | (byte)opcode);
        if (payload <= 125)
        {
            output[1] = (byte)payload;
            return 2;
        }

        if (payload <= ushort.MaxValue)
        {
            output[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(output[2..], (ushort)payload);
            return 4;
        }

        output[1] = 127;
        BinaryPrimitives.WriteInt64BigEndian(output[2..], payload);
        return 10;
    }
}
