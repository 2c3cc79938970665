using System.Text;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>Checks the validation and the answer of WebSocket handshake keys.</summary>
internal static class WebSocketKeyTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var key = Encoding.Latin1.GetString(input.Span);
        if (!WebSocketKey.IsValid(key))
        {
            return 0;
        }

        Invariant.Require(Convert.FromBase64String(key).Length == 16, "A valid key does not encode 16 bytes.");
        var accept = WebSocketKey.ComputeAccept(key);
        Invariant.Require(Convert.FromBase64String(accept).Length == 20, "The answer is not a SHA-1 hash of 20 bytes.");
        return accept.GetHashCode(StringComparison.Ordinal);
    }
}
