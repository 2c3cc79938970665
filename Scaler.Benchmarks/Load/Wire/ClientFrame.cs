using System.Buffers.Binary;
using System.Text;

namespace Scaler.Benchmarks.Load.Wire;

/// <summary>Encodes masked client frames (RFC 6455, section 5.2) before the measurement.</summary>
internal static class ClientFrame
{
    public const byte Text = 0x81;
    public const byte Close = 0x88;
    public const byte Pong = 0x8A;

    public static byte[] Encode(string text) => Encode(Text, Encoding.UTF8.GetBytes(text));

    public static byte[] Encode(byte opcode, ReadOnlySpan<byte> payload)
    {
        var header = payload.Length < 126 ? 2 : 4;
        var frame = new byte[header + 4 + payload.Length];
        frame[0] = opcode;
        frame[1] = (byte)(0x80 | (header == 2 ? payload.Length : 126));
        if (header == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        }

        var mask = frame.AsSpan(header, 4);
        Random.Shared.NextBytes(mask);
        for (var i = 0; i < payload.Length; i++)
        {
            frame[header + 4 + i] = (byte)(payload[i] ^ mask[i & 3]);
        }

        return frame;
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
