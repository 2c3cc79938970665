using System.Buffers;
using System.Buffers.Text;

namespace Scaler.EngineIO.Protocol;

/// <summary>Encodes padded base64 and decodes the variants that clients send.</summary>
internal static class Base64Text
{
    /// <summary>Returns the length of <paramref name="length"/> bytes as padded base64.</summary>
    public static long GetEncodedLength(int length) => (length + 2L) / 3 * 4;

    /// <summary>Returns the maximum number of bytes that base64 text of the given length decodes to.</summary>
    public static int GetMaxDecodedLength(int length) => (int)((length + 3L) / 4 * 3);

    /// <summary>Appends the data as padded base64.</summary>
    public static void Encode(ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        // A multiple of three, so that only the last chunk is padded.
        const int ChunkSize = 3 * 1024;
        while (!data.IsEmpty)
        {
            var length = Math.Min(ChunkSize, data.Length);
            var span = output.GetSpan((int)GetEncodedLength(length));
            Base64.EncodeToUtf8(data[..length], span, out _, out var written, isFinalBlock: true);
            output.Advance(written);
            data = data[length..];
        }
    }

    /// <summary>
    /// Decodes base64 leniently: accepts the standard and the URL-safe alphabet and missing padding, and skips characters that
    /// are not base64. Some clients wrap lines, and malformed base64 is no reason to end a session.
    /// </summary>
    /// <param name="text">The base64 text.</param>
    /// <param name="output">The destination, at least <see cref="GetMaxDecodedLength"/> bytes.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> output)
    {
        if (Base64.DecodeFromUtf8(text, output, out _, out var written) == OperationStatus.Done)
        {
            return written;
        }

        written = 0;
        var bits = 0;
        var bitCount = 0;
        foreach (var character in text)
        {
            var value = Value(character);
            if (value < 0)
            {
                if (character == '=')
                {
                    break;
                }

                continue;
            }

            bits = (bits << 6) | value;
            bitCount += 6;
            if (bitCount >= 8)
            {
                bitCount -= 8;
                output[written++] = (byte)(bits >> bitCount);
                bits &= (1 << bitCount) - 1;
            }
        }

        return written;
    }

    private static int Value(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        (byte)'/' or (byte)'_' => 63,
        _ => -1,
    };
}
