using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Encodes the user of a forwarded request. The middleware of the first server authenticates the user; the server that holds the
/// session runs no middleware for forwarded requests.
/// </summary>
internal static class ForwardedUser
{
    private const int Quality = 1;
    private const int Window = 18;

    /// <summary>Encodes the user that middleware has set, compressed because claims repeat their types.</summary>
    /// <returns>The user in base64url; empty if the request has none.</returns>
    public static string Encode(HttpContext context)
    {
        // Do not read HttpContext.User: its getter allocates an anonymous principal and stores it on the request.
        if (context.Features.Get<IHttpAuthenticationFeature>()?.User is not { } user
            || !user.Identities.Any(static identity => identity.IsAuthenticated || identity.Claims.Any()))
        {
            return "";
        }

        using var plain = new MemoryStream();
        using (var writer = new BinaryWriter(plain))
        {
            user.WriteTo(writer);
            writer.Flush();
            var source = plain.GetBuffer().AsSpan(0, (int)plain.Length);
            var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(source.Length)];
            return BrotliEncoder.TryCompress(source, compressed, out var length, Quality, Window)
                ? Base64Url.EncodeToString(compressed.AsSpan(0, length))
                : throw new InvalidOperationException("The user of the request could not be compressed.");
        }
    }

    /// <summary>Sets the user of a request. An empty text leaves the request without a user.</summary>
    public static void Restore(HttpContext context, string encoded)
    {
        if (encoded.Length > 0)
        {
            using var plain = new BrotliStream(new MemoryStream(Base64Url.DecodeFromChars(encoded)), CompressionMode.Decompress);
            using var reader = new BinaryReader(plain);
            context.User = new ClaimsPrincipal(reader);
        }
    }
}
