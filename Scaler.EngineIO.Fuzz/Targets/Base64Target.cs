using System.Buffers;
using System.Text;
using Scaler.EngineIO.Protocol;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Base64, read leniently.</summary>
internal static class Base64Target
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var decoded = Surroundings.Write(
            Base64Text.MaxDecodedLength(input.Length), output => Base64Text.Decode(input.Span, output.Span));
        var strict = new byte[input.Length];
        if (Convert.TryFromBase64String(Encoding.Latin1.GetString(input.Span), strict, out var length))
        {
            Property.Holds(strict.AsSpan(0, length).SequenceEqual(decoded), "What is base64 beyond doubt was read as something else.");
        }

        // Any bytes can be sent.
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
        Property.Holds(output.WrittenCount == Base64Text.EncodedLength(data.Length), "The encoded length is not what was written.");
        var text = Encoding.ASCII.GetString(output.WrittenSpan);
        Property.Holds(text == Convert.ToBase64String(data), "What was written is no padded base64.");
        foreach (var form in (string[])[text, text.TrimEnd('='), text.Replace('+', '-').Replace('/', '_'), text + "\r\n"])
        {
            var bytes = Encoding.ASCII.GetBytes(form);
            var decoded = Surroundings.Write(Base64Text.MaxDecodedLength(bytes.Length), room => Base64Text.Decode(bytes, room.Span));
            Property.Holds(decoded.AsSpan().SequenceEqual(data), "What was written is not what is read.");
        }
    }
}
