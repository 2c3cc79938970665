using System.Buffers;
using System.IO.Compression;
using Scaler.EngineIO.Buffers;

namespace Scaler.EngineIO.Compression;

/// <summary>
/// Implements permessage-deflate without context takeover: each message is compressed on its own (RFC 7692, section 7.2).
/// </summary>
internal static class MessageDeflate
{
    // Each compressed message ends with an empty stored block, whose last four bytes are omitted on the wire.
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    // The tail followed by a final block, so that the inflater finds the end of the stream.
    private static ReadOnlySpan<byte> TailAndEnd => [0x00, 0x00, 0xFF, 0xFF, 0x01, 0x00, 0x00, 0xFF, 0xFF];

    /// <summary>Compresses a message into an array of the shared pool, which the caller must return.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> data, out int length)
    {
        using var output = new PooledBufferStream(data.Length / 2);
        using (var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(data);
            deflate.Flush();
            length = output.Buffer.Length;
        }

        if (output.Buffer.Span[..length].EndsWith(Tail))
        {
            length -= Tail.Length;
        }

        // An empty message still needs one block (RFC 7692 section 7.2.3.6).
        if (length == 0)
        {
            length = 1;
            var empty = ArrayPool<byte>.Shared.Rent(1);
            empty[0] = 0;
            return empty;
        }

        return output.Buffer.Detach();
    }

    /// <summary>Decompresses a message of at most <paramref name="limit"/> bytes.</summary>
    /// <returns>The decompressed message; <see langword="null"/> if it exceeds <paramref name="limit"/>.</returns>
    /// <exception cref="InvalidDataException"><paramref name="data"/> is not valid deflate data.</exception>
    public static PooledBuffer? Decompress(ReadOnlySpan<byte> data, int limit)
    {
        var source = ArrayPool<byte>.Shared.Rent(data.Length + TailAndEnd.Length);
        var output = new PooledBuffer(Math.Min(limit, Math.Max(1024, data.Length * 2)) + 1);
        try
        {
            data.CopyTo(source);
            TailAndEnd.CopyTo(source.AsSpan(data.Length));
            using var input = new MemoryStream(source, 0, data.Length + TailAndEnd.Length, writable: false);
            using var deflate = new DeflateStream(input, CompressionMode.Decompress);
            while (true)
            {
                var read = deflate.Read(output.GetSpan(1024));
                if (read == 0)
                {
                    return output;
                }

                output.Advance(read);
                if (output.Length > limit)
                {
                    output.Dispose();
                    return null;
                }
            }
        }
        catch (InvalidDataException)
        {
            output.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(source);
        }
    }
}
