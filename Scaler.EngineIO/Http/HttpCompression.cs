using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Scaler.EngineIO.Buffers;

namespace Scaler.EngineIO.Http;

/// <summary>Compresses polling responses with gzip or deflate, according to <c>Accept-Encoding</c>.</summary>
internal static class HttpCompression
{
    /// <summary>Compresses the body and sets <c>Content-Encoding</c>.</summary>
    /// <returns>The compressed body, or <see langword="null"/> if the client accepts neither encoding.</returns>
    public static PooledBuffer? TryCompress(HttpContext context, ReadOnlySpan<byte> body)
    {
        var encoding = Choose(context.Request.Headers.AcceptEncoding);
        if (encoding is null)
        {
            return null;
        }

        using var output = new PooledBufferStream(body.Length / 2);
        // HTTP's "deflate" coding is the zlib format (RFC 9110 section 8.4.1.2).
        using (Stream compressor = encoding == "gzip"
            ? new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            compressor.Write(body);
        }

        context.Response.Headers.ContentEncoding = encoding;
        return output.DetachBuffer();
    }

    private static string? Choose(IList<string?> header)
    {
        if (!StringWithQualityHeaderValue.TryParseList([.. header.OfType<string>()], out var accepted))
        {
            return null;
        }

        double? gzip = null, deflate = null, any = null;
        foreach (var value in accepted)
        {
            var quality = value.Quality ?? 1;
            if (value.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            {
                gzip = quality;
            }
            else if (value.Value.Equals("deflate", StringComparison.OrdinalIgnoreCase))
            {
                deflate = quality;
            }
            else if (value.Value == "*")
            {
                any = quality;
            }
        }

        gzip ??= any ?? 0;
        deflate ??= any ?? 0;
        return gzip <= 0 && deflate <= 0 ? null : gzip >= deflate ? "gzip" : "deflate";
    }
}
