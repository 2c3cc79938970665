using System.Text;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Fuzz.Targets;

/// <summary>The key of a WebSocket handshake.</summary>
internal static class WebSocketKeyTarget
{
    public static int Run(ReadOnlyMemory<byte> input)
    {
        var key = Encoding.Latin1.GetString(input.Span);
        if (!WebSocketKey.IsValid(key))
        {
            return 0;
        }

        Property.Holds(Convert.FromBase64String(key).Length == 16, "A key is not 16 bytes.");
        var accept = WebSocketKey.Accept(key);
        Property.Holds(Convert.FromBase64String(accept).Length == 20, "An answer is no SHA-1.");
        return accept.GetHashCode(StringComparison.Ordinal);
    }
}
