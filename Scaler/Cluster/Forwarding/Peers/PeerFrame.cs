using System.Buffers;
using System.Buffers.Binary;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>
/// Represents a frame between two servers: <c>length:4 kind:1 request:4 content…</c>. The length is that of the content; numbers
/// are big-endian. A reader skips unknown kinds, because servers of two versions are connected during a rolling deployment.
/// </summary>
/// <param name="Kind">The kind of the frame.</param>
/// <param name="Request">
/// The number that the requesting server has assigned to the request; 0 if the frame belongs to no request.
/// </param>
/// <param name="Content">The content. It is valid until the next read.</param>
internal readonly record struct PeerFrame(PeerFrameKind Kind, uint Request, ReadOnlySequence<byte> Content)
{
    /// <summary>The length of the header, in bytes.</summary>
    public const int HeaderLength = 9;

    /// <summary>
    /// The maximum length of the content, in bytes. It is far above the limit for a request's headers, the only content that is
    /// not split.
    /// </summary>
    public const int MaxContentLength = 4 * 1024 * 1024;

    /// <summary>Writes the header of a frame.</summary>
    public static void WriteHeader(Span<byte> head, PeerFrameKind kind, uint request, int content)
    {
        BinaryPrimitives.WriteInt32BigEndian(head, content);
        head[4] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(head[5..], request);
    }

    /// <summary>Reads a frame and advances the buffer past it.</summary>
    /// <returns><see langword="false"/> if the frame is incomplete; otherwise, <see langword="true"/>.</returns>
    /// <exception cref="InvalidDataException">The length is negative or greater than <see cref="MaxContentLength"/>.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out PeerFrame frame)
    {
        frame = default;
        if (buffer.Length < HeaderLength)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > MaxContentLength)
        {
            throw new InvalidDataException($"The frame content is {length} bytes long; at most {MaxContentLength} bytes are allowed.");
        }

        if (buffer.Length - HeaderLength < length)
        {
            return false;
        }

        frame = new PeerFrame((PeerFrameKind)head[4], BinaryPrimitives.ReadUInt32BigEndian(head[5..]), buffer.Slice(HeaderLength, length));
        buffer = buffer.Slice(frame.Content.End);
        return true;
    }
}
