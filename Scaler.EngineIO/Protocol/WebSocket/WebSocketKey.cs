using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>The key of a WebSocket handshake, RFC 6455 section 4.2.2.</summary>
internal static class WebSocketKey
{
    private const int KeyBytes = 16;

    /// <summary>Whether a key is what a client must send: 16 bytes as base64.</summary>
    public static bool IsValid(string? key)
    {
        // 24 characters are 16, 17 or 18 bytes; two of them are padding for 16.
        if (key is not { Length: 24 })
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[18];
        return Convert.TryFromBase64String(key, bytes, out var written) && written == KeyBytes;
    }

    /// <summary>The value of <c>Sec-WebSocket-Accept</c>.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "The RFC asks for SHA-1; it proves a handshake and protects nothing.")]
    public static string Accept(string key)
    {
        Span<byte> source = stackalloc byte[60];
        var length = Encoding.ASCII.GetBytes(key, source);
        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.CopyTo(source[length..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(source, hash);
        return Convert.ToBase64String(hash);
    }
}
