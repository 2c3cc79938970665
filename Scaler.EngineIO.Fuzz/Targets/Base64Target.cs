using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks the lenient base64 decoder and the encoder.</summary>
internal static class Base64Target
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var decoded = GuardedBuffer.Write(
            Base64Text.GetMaxDecodedLength(input.Length), output => Base64Text.Decode(input.Span, output.Span));
        var strict = new byte[input.Length];
        if (Convert.TryFromBase64String(Encoding.Latin1.GetString(input.Span), strict, out var length))
        {
            Invariant.Require(strict.AsSpan(0, length).SequenceEqual(decoded), "Strictly valid base64 was decoded to other bytes.");
        }

        // The encoder must accept any bytes, so encode the raw input too.
        CheckEncoded(input.ToArray());
        CheckEncoded(decoded);
        var hash = default(HashCode);
        hash.AddBytes(decoded);
        return hash.ToHashCode();
    }

    private static void CheckEncoded(byte[] data)
    {
        var output = new ArrayBufferWriter<byte>();
        Base64Text.Encode(data, output);
        Invariant.Require(
            output.WrittenCount == Base64Text.GetEncodedLength(data.Length),
            "The calculated length differs from the length written.");
        var text = Encoding.ASCII.GetString(output.WrittenSpan);
        Invariant.Require(text == Convert.ToBase64String(data), "The encoder did not write padded base64.");
        foreach (var form in (string[])[text, text.TrimEnd('='), text.Replace('+', '-').Replace('/', '_'), text + "\r\n"])
        {
            var bytes = Encoding.ASCII.GetBytes(form);
            var decoded = GuardedBuffer.Write(
                Base64Text.GetMaxDecodedLength(bytes.Length), room => Base64Text.Decode(bytes, room.Span));
            Invariant.Require(decoded.AsSpan().SequenceEqual(data), "Decoding does not restore the encoded bytes.");
        }
    }
}
