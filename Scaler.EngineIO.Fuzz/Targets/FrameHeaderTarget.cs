using System.Buffers.Binary;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>The header of a WebSocket frame, with and without compression agreed.</summary>
internal static class FrameHeaderTarget
{
    public static int Run(ReadOnlyMemory<byte> input) => HashCode.Combine(Run(input.Span, false), Run(input.Span, true));

    private static int Run(ReadOnlySpan<byte> source, bool allowCompressed)
    {
        var parse = FrameHeader.TryParse(source, allowCompressed, out var header, out var consumed, out var error);
        Property.Holds((parse == FrameParse.Invalid) == (error != FrameError.None), "An error without its name, or a name without its error.");
        Property.Holds(parse == FrameParse.Complete || (header == default && consumed == 0), "No header, and yet something of it.");
        Property.Holds(parse != FrameParse.Incomplete || source.Length < FrameHeader.MaxClientLength, "The longest header is not enough.");
        if (parse == FrameParse.Complete)
        {
            CheckHeader(source, header, consumed, allowCompressed);
        }

        // What arrives in pieces is incomplete until it is what it is as a whole.
        for (var length = 0; length < Math.Min(source.Length, FrameHeader.MaxClientLength); length++)
        {
            var cut = FrameHeader.TryParse(source[..length], allowCompressed, out var early, out _, out var earlyError);
            Property.Holds(
                cut == FrameParse.Incomplete ? parse != FrameParse.Complete || length < consumed : (cut, early, earlyError) == (parse, header, error),
                "A piece of a header is not what the whole is.");
        }

        return HashCode.Combine(parse, header, consumed, error);
    }

    private static void CheckHeader(ReadOnlySpan<byte> source, in FrameHeader header, int consumed, bool allowCompressed)
    {
        Property.Holds(consumed <= source.Length && header.Length >= 0, "A header is longer than what there is.");
        Property.Holds(!header.IsControl || (header.Final && header.Length <= FrameHeader.MaxControlLength), "A control frame is too long or has parts.");
        Property.Holds(!header.Compressed || (allowCompressed && header.Opcode is WebSocketOpcode.Text or WebSocketOpcode.Binary), "A frame must not be compressed.");
        Span<byte> written = stackalloc byte[FrameHeader.MaxClientLength];
        var length = FrameHeader.Write(written, header.Opcode, header.Compressed, header.Length);
        Property.Holds(length == FrameHeader.ServerLength(header.Length), "The length of a header is not what was written.");
        // A client's header is a server's with a mask, and not always final.
        written[1] |= 0x80;
        written[0] &= header.Final ? (byte)0xFF : (byte)0x7F;
        BinaryPrimitives.WriteUInt32LittleEndian(written[length..], BitConverter.IsLittleEndian ? header.Mask : BinaryPrimitives.ReverseEndianness(header.Mask));
        Property.Holds(consumed == length + 4 && source[..consumed].SequenceEqual(written[..consumed]), "A header changed.");
    }
}
