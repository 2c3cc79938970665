using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks a sequence of WebSocket frames, with their masks and close payloads.</summary>
internal static class FrameStreamTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var hash = default(HashCode);
        var rest = input;
        while (true)
        {
            var parse = FrameHeader.TryParse(rest.Span, true, out var header, out var consumed, out var error);
            hash.Add(parse);
            hash.Add(error);
            if (parse != FrameParseResult.Complete || header.Length > rest.Length - consumed)
            {
                return hash.ToHashCode();
            }

            var payload = Unmask(rest.Slice(consumed, (int)header.Length), header.Mask);
            hash.Add(header);
            hash.AddBytes(payload);
            if (header.Opcode == WebSocketOpcode.Close)
            {
                hash.Add(ClosePayloadTarget.Run(payload));
            }

            rest = rest[(consumed + payload.Length)..];
        }
    }

    private static byte[] Unmask(ReadOnlyMemory<byte> masked, uint mask)
    {
        var plain = GuardedBuffer.Write(masked.Length, room =>
        {
            masked.Span.CopyTo(room.Span);
            FrameMask.Apply(room.Span, mask);
            return masked.Length;
        });
        var key = BitConverter.GetBytes(mask);
        for (var index = 0; index < plain.Length; index++)
        {
            Invariant.Require(plain[index] == (masked.Span[index] ^ key[index % 4]), "The result differs from a byte-by-byte XOR.");
        }

        return plain;
    }
}
