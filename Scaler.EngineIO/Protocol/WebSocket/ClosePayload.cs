using System.Buffers.Binary;
using System.Text.Unicode;

namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>Validates the payload of a close frame: empty, or a code and a reason (RFC 6455 section 5.5.1).</summary>
internal static class ClosePayload
{
    public static FrameError Validate(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return FrameError.None;
        }

        if (payload.Length == 1 || !IsAllowed(BinaryPrimitives.ReadUInt16BigEndian(payload)))
        {
            return FrameError.BadClosePayload;
        }

        return Utf8.IsValid(payload[2..]) ? FrameError.None : FrameError.InvalidUtf8;
    }

    // RFC 6455 section 7.4.1: 1004 is undefined; 1005, 1006 and 1015 are for local use and must not be sent.
    private static bool IsAllowed(ushort code) =>
        code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
