using System.Buffers;
using System.Buffers.Text;

namespace Scaler.EngineIO.Protocol;

/// <summary>Base64 as the protocol's clients write it: padded when sent, read leniently.</summary>
internal static class Base64Text
{
    /// <summary>The length of <paramref name="length"/> bytes as padded base64.</summary>
    public static long EncodedLength(int length) => (length + 2L) / 3 * 4;

    /// <summary>The most bytes that base64 of this length can stand for.</summary>
    public static int MaxDecodedLength(int length) => (int)((length + 3L) / 4 * 3);

    /// <summary>Appends bytes as padded base64.</summary>
    public static void Encode(ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        // A multiple of three, so that only the last piece is padded.
        const int Piece = 3 * 1024;
        while (!data.IsEmpty)
        {
            var take = Math.Min(Piece, data.Length);
            var span = output.GetSpan((int)EncodedLength(take));
            Base64.EncodeToUtf8(data[..take], span, out _, out var written, isFinalBlock: true);
            output.Advance(written);
            data = data[take..];
        }
    }

    /// <summary>
    /// Decodes into <paramref name="output"/>, which holds at least <see cref="MaxDecodedLength"/> bytes. Both alphabets
    /// are read, padding may be missing, what is no base64 is skipped: some clients wrap lines, and none of it is worth
    /// the end of a session.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> output)
    {
        if (Base64.DecodeFromUtf8(text, output, out _, out var written) == OperationStatus.Done)
        {
            return written;
        }

        written = 0;
        var bits = 0;
        var held = 0;
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
            held += 6;
            if (held >= 8)
            {
                held -= 8;
                output[written++] = (byte)(bits >> held);
                bits &= (1 << held) - 1;
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
