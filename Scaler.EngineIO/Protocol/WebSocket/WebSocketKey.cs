using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Scaler.EngineIO.Protocol.WebSocket;

/// <summary>Validates and answers the key of a WebSocket handshake (RFC 6455 section 4.2.2).</summary>
internal static class WebSocketKey
{
    private const int KeyBytes = 16;

    /// <summary>Returns a value indicating whether the key is the base64 encoding of 16 bytes, as the RFC requires.</summary>
    public static bool IsValid(string? key)
    {
        // 24 base64 characters encode 16, 17 or 18 bytes. For 16 bytes the last two characters are padding.
        if (key is not { Length: 24 })
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[18];
        return Convert.TryFromBase64String(key, bytes, out var written) && written == KeyBytes;
    }

    /// <summary>Returns the value of <c>Sec-WebSocket-Accept</c> for a client's key.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 requires SHA-1, which protects no data here.")]
    public static string ComputeAccept(string key)
    {
        Span<byte> source = stackalloc byte[60];
        var length = Encoding.ASCII.GetBytes(key, source);
        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.CopyTo(source[length..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(source, hash);
        return Convert.ToBase64String(hash);
    }
}
