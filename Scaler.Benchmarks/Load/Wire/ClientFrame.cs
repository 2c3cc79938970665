using System.Buffers.Binary;
using System.Text;

namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Encodes masked client frames (RFC 6455, section 5.2) before the measurement.</summary>
internal static class ClientFrame
{
    public const byte Text = 0x81;
    public const byte Close = 0x88;
    public const byte Pong = 0x8A;
    private const int MaskLength = 4;

    public static byte[] Encode(string text) => Encode(Text, Encoding.UTF8.GetBytes(text));

    public static byte[] Encode(byte opcode, ReadOnlySpan<byte> payload)
    {
        var header = payload.Length < 126 ? 2 : 4;
        var frame = new byte[header + MaskLength + payload.Length];
        frame[0] = opcode;
        frame[1] = (byte)(0x80 | (header == 2 ? payload.Length : 126));
        if (header == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        }

        Random.Shared.NextBytes(frame.AsSpan(header, MaskLength));
        Overwrite(frame, 0, payload);
        return frame;
    }

    /// <summary>Overwrites a part of an encoded frame's payload, masked with the key of the frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="offset">The zero-based position in the payload.</param>
    /// <param name="bytes">The new bytes, not masked.</param>
    public static void Overwrite(Span<byte> frame, int offset, ReadOnlySpan<byte> bytes)
    {
        var header = (frame[1] & 0x7F) < 126 ? 2 : 4;
        var mask = frame.Slice(header, MaskLength);
        var payload = frame[(header + MaskLength)..];
        for (var i = 0; i < bytes.Length; i++)
        {
            payload[offset + i] = (byte)(bytes[i] ^ mask[(offset + i) & 3]);
        }
    }

    public static byte[] Repeat(byte[] frame, int times)
    {
        var all = new byte[frame.Length * times];
        for (var i = 0; i < times; i++)
        {
            frame.CopyTo(all, i * frame.Length);
        }

        return all;
    }
}
