using System.Buffers.Binary;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Several envelopes for one holder in one message of Redis:
/// <code>
/// 255:1 (length:4 envelope)…
/// </code>
/// Lengths are big-endian. No envelope begins with 255, for that is where its version stands; one alone is sent as it is.
/// </summary>
internal static class EnvelopePack
{
    private const byte Mark = 255;
    private const int HeadLength = 1;
    private const int LengthLength = sizeof(int);

    /// <summary>How many bytes a pack of envelopes takes.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="bytes">How long they are together.</param>
    public static int Length(int count, int bytes) => HeadLength + (count * LengthLength) + bytes;

    /// <summary>Begins a pack.</summary>
    /// <returns>Where the first envelope goes.</returns>
    public static int Begin(Span<byte> pack)
    {
        pack[0] = Mark;
        return HeadLength;
    }

    /// <summary>Adds an envelope.</summary>
    /// <returns>Where the next one goes.</returns>
    public static int Add(Span<byte> pack, int at, ReadOnlySpan<byte> envelope)
    {
        BinaryPrimitives.WriteInt32BigEndian(pack[at..], envelope.Length);
        envelope.CopyTo(pack[(at + LengthLength)..]);
        return at + LengthLength + envelope.Length;
    }

    /// <summary>Gives each envelope of a message: those of a pack, or the one that it is. Of a pack that ends too early, the rest is one that nobody can read.</summary>
    public static void Open(ReadOnlyMemory<byte> message, Action<ReadOnlyMemory<byte>> receive)
    {
        if (message.IsEmpty || message.Span[0] != Mark)
        {
            receive(message);
            return;
        }

        var rest = message[HeadLength..];
        while (!rest.IsEmpty)
        {
            var length = rest.Length < LengthLength ? -1 : BinaryPrimitives.ReadInt32BigEndian(rest.Span);
            if (length < 0 || length > rest.Length - LengthLength)
            {
                receive(rest);
                return;
            }

            receive(rest.Slice(LengthLength, length));
            rest = rest[(LengthLength + length)..];
        }
    }
}
