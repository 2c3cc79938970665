using System.Text.Unicode;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>What a close frame carries.</summary>
internal static class ClosePayloadTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var payload = input.Span;
        var error = ClosePayload.Check(payload);
        Property.Holds(error is FrameError.None or FrameError.BadClosePayload or FrameError.InvalidUtf8, "No error of a close frame.");
        if (error == FrameError.None && !payload.IsEmpty)
        {
            var code = (payload[0] << 8) | payload[1];
            Property.Holds(code is >= 1000 and < 5000 and not (1004 or 1005 or 1006 or 1015), "A code that must not be sent was accepted.");
            Property.Holds(Utf8.IsValid(payload[2..]), "A reason is no text.");
        }

        return (int)error;
    }
}
