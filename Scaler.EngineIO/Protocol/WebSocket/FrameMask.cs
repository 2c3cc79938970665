using System.Numerics;
using System.Runtime.InteropServices;

namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>Applies the masking key of client frames (RFC 6455 section 5.3).</summary>
internal static class FrameMask
{
    /// <summary>Masks or unmasks the whole payload of a frame in place. <paramref name="mask"/> is in memory order.</summary>
    public static void Apply(Span<byte> data, uint mask)
    {
        if (data.Length >= Vector<byte>.Count)
        {
            var maskVector = Vector.AsVectorByte(new Vector<uint>(mask));
            var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(data);
            for (var index = 0; index < vectors.Length; index++)
            {
                vectors[index] ^= maskVector;
            }

            // The vector length is a multiple of the mask's 4 bytes, so the remaining bytes begin with mask byte 0.
            data = data[(vectors.Length * Vector<byte>.Count)..];
        }

        var words = MemoryMarshal.Cast<byte, uint>(data);
        for (var index = 0; index < words.Length; index++)
        {
            words[index] ^= mask;
        }

        data = data[(words.Length * sizeof(uint))..];
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, mask);
        for (var index = 0; index < data.Length; index++)
        {
            data[index] ^= bytes[index];
        }
    }
}
