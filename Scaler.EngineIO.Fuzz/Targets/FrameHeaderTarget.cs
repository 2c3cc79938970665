using System.Buffers.Binary;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks the parsing of WebSocket frame headers, with and without negotiated compression.</summary>
internal static class FrameHeaderTarget
{
    public static int Run(ReadOnlyMemory<byte> input) => HashCode.Combine(Run(input.Span, false), Run(input.Span, true));

    private static int Run(ReadOnlySpan<byte> source, bool allowCompressed)
    {
        var parse = FrameHeader.TryParse(source, allowCompressed, out var header, out var consumed, out var error);
        Invariant.Require(
            (parse == FrameParseResult.Invalid) == (error != FrameError.None), "The parse result and the error contradict each other.");
        Invariant.Require(parse == FrameParseResult.Complete || (header == default && consumed == 0), "An unparsed header set an output.");
        Invariant.Require(
            parse != FrameParseResult.Incomplete || source.Length < FrameHeader.MaxClientLength,
            "A header of the maximum length is incomplete.");
        if (parse == FrameParseResult.Complete)
        {
            CheckHeader(source, header, consumed, allowCompressed);
        }

        // A prefix of the input is incomplete, or gives the same result as the whole input.
        for (var length = 0; length < Math.Min(source.Length, FrameHeader.MaxClientLength); length++)
        {
            var prefixParse = FrameHeader.TryParse(
                source[..length], allowCompressed, out var prefixHeader, out _, out var prefixError);
            Invariant.Require(
                prefixParse == FrameParseResult.Incomplete
                    ? parse != FrameParseResult.Complete || length < consumed
                    : (prefixParse, prefixHeader, prefixError) == (parse, header, error),
                "A prefix of a header gives another result than the whole header.");
        }

        return HashCode.Combine(parse, header, consumed, error);
    }

    private static void CheckHeader(ReadOnlySpan<byte> source, in FrameHeader header, int consumed, bool allowCompressed)
    {
        Invariant.Require(
            consumed <= source.Length && header.Length >= 0,
            "A header is longer than the input, or the payload length is negative.");
        Invariant.Require(
            !header.IsControl || (header.Final && header.Length <= FrameHeader.MaxControlLength),
            "A control frame is too long or fragmented.");
        Invariant.Require(
            !header.Compressed || (allowCompressed && header.Opcode is WebSocketOpcode.Text or WebSocketOpcode.Binary),
            "A frame that must not be compressed was accepted.");
        Span<byte> written = stackalloc byte[FrameHeader.MaxClientLength];
        var length = FrameHeader.WriteServerHeader(written, header.Opcode, header.Compressed, header.Length);
        Invariant.Require(
            length == FrameHeader.GetServerHeaderLength(header.Length), "The calculated header length differs from the length written.");
        // Turn the server header into the client header: add the mask, and restore the FIN bit.
        written[1] |= 0x80;
        written[0] &= header.Final ? (byte)0xFF : (byte)0x7F;
        BinaryPrimitives.WriteUInt32LittleEndian(
            written[length..], BitConverter.IsLittleEndian ? header.Mask : BinaryPrimitives.ReverseEndianness(header.Mask));
        Invariant.Require(
            consumed == length + 4 && source[..consumed].SequenceEqual(written[..consumed]),
            "A header changed when it was written again.");
    }
}
