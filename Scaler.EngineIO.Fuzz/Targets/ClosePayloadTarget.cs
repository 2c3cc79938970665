using System.Text.Unicode;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks the validation of close frame payloads.</summary>
internal static class ClosePayloadTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var payload = input.Span;
        var error = ClosePayload.Validate(payload);
        Invariant.Require(
            error is FrameError.None or FrameError.BadClosePayload or FrameError.InvalidUtf8,
            "The error does not apply to close frames.");
        if (error == FrameError.None && !payload.IsEmpty)
        {
            var code = (payload[0] << 8) | payload[1];
            Invariant.Require(
                code is >= 1000 and < 5000 and not (1004 or 1005 or 1006 or 1015),
                "A close code that must not be sent was accepted.");
            Invariant.Require(Utf8.IsValid(payload[2..]), "A close reason that is not valid UTF-8 was accepted.");
        }

        return (int)error;
    }
}
