using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks a single protocol 3 packet, read in text form and in binary form.</summary>
internal static class V3PacketTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var source = input.Span;
        var textError = V3.PacketCodec.DecodeText(source, out var text);
        if (textError == PacketParseError.None)
        {
            PayloadChecker.CheckPacket(text, source, 0);
            // b4AQID: the type digit follows the 'b'.
            var digit = source[text.BodyFormat == PacketBodyFormat.Base64 ? 1 : 0];
            Invariant.Require(digit == PacketCodec.ToDigit(text.Type), "The packet type differs from its digit.");
            Invariant.Require(text.Offset + text.Length == source.Length, "The body does not extend to the end of the packet.");
        }

        var binaryError = V3.PacketCodec.DecodeBinary(source, out var binary);
        if (binaryError == PacketParseError.None)
        {
            PayloadChecker.CheckPacket(binary, source, 0);
            Invariant.Require(
                binary.BodyFormat == PacketBodyFormat.Binary && source[0] == (byte)binary.Type,
                "The packet type differs from its type byte.");
            Invariant.Require(binary.Length == source.Length - 1, "The body does not extend to the end of the packet.");
        }

        // Text types are digit characters (0x30 to 0x36) or 'b'; binary types are the bytes 0 to 6.
        Invariant.Require(
            textError != PacketParseError.None || binaryError != PacketParseError.None, "Both forms accept the same packet.");
        return HashCode.Combine(textError, text, binaryError, binary);
    }
}
