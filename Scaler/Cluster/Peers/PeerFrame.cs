using System.Buffers;
using System.Buffers.Binary;

namespace Scaler.Cluster.Peers;

/// <summary>
/// A frame between two servers: <c>length:4 kind:1 request:4 content…</c>. The length is that of the content; numbers are big-endian.
/// A reader skips kinds that it does not know: servers of two versions speak with each other while a deployment rolls.
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="Request">Which request it is about, by the number that the asking server gave it; 0 for none.</param>
/// <param name="Content">The content, which is the reader's until it reads on.</param>
internal readonly record struct PeerFrame(PeerFrameKind Kind, uint Request, ReadOnlySequence<byte> Content)
{
    /// <summary>Bytes before the content.</summary>
    public const int HeadLength = 9;

    /// <summary>The most bytes of content: far more than a request's headers, the one content that is not cut into parts, may have.</summary>
    public const int MostContent = 4 * 1024 * 1024;

    public static void WriteHead(Span<byte> head, PeerFrameKind kind, uint request, int content)
    {
        BinaryPrimitives.WriteInt32BigEndian(head, content);
        head[4] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(head[5..], request);
    }

    /// <summary>Reads a frame, and moves the buffer behind it.</summary>
    /// <returns>False where it has not come whole yet.</returns>
    /// <exception cref="InvalidDataException">It is longer than a frame may be.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out PeerFrame frame)
    {
        frame = default;
        if (buffer.Length < HeadLength)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[HeadLength];
        buffer.Slice(0, HeadLength).CopyTo(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > MostContent)
        {
            throw new InvalidDataException($"A frame of {length} bytes; {MostContent} are possible.");
        }

        if (buffer.Length - HeadLength < length)
        {
            return false;
        }

        frame = new PeerFrame((PeerFrameKind)head[4], BinaryPrimitives.ReadUInt32BigEndian(head[5..]), buffer.Slice(HeadLength, length));
        buffer = buffer.Slice(frame.Content.End);
        return true;
    }
}
