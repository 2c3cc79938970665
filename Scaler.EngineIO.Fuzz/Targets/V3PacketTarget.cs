using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>One protocol 3 packet, read as text and as bytes.</summary>
internal static class V3PacketTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var source = input.Span;
        var textError = V3.PacketCodec.DecodeText(source, out var text);
        if (textError == PacketParseError.None)
        {
            PayloadWalk.CheckPacket(text, source, 0);
            // b4AQID: the type stands behind the 'b'.
            var digit = source[text.Body == PacketBody.Base64 ? 1 : 0];
            Property.Holds(digit == PacketCodec.Digit(text.Type), "A packet is of another type than its digit says.");
            Property.Holds(text.Offset + text.Length == source.Length, "A packet is not all that follows its type.");
        }

        var binaryError = V3.PacketCodec.DecodeBinary(source, out var binary);
        if (binaryError == PacketParseError.None)
        {
            PayloadWalk.CheckPacket(binary, source, 0);
            Property.Holds(binary.Body == PacketBody.Binary && source[0] == (byte)binary.Type, "A packet is of another type than its number says.");
            Property.Holds(binary.Length == source.Length - 1, "A packet is not all that follows its type.");
        }

        Property.Holds(textError != PacketParseError.None || binaryError != PacketParseError.None, "A digit is no number.");
        return HashCode.Combine(textError, text, binaryError, binary);
    }
}
