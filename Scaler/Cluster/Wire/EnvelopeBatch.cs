using System.Buffers.Binary;

namespace Scaler.Cluster.Wire;

/// <summary>
/// Packs several envelopes for one server epoch into one Redis message:
/// <code>
/// 255:1 (length:4 envelope)…
/// </code>
/// Lengths are big-endian. A single envelope is sent unpacked. A reader can tell the two apart, because an envelope begins with
/// its version, which is never 255.
/// </summary>
internal static class EnvelopeBatch
{
    private const byte Marker = 255;
    private const int HeaderLength = 1;
    private const int LengthPrefixLength = sizeof(int);

    /// <summary>Returns the length of a pack, in bytes.</summary>
    /// <param name="count">The number of envelopes.</param>
    /// <param name="bytes">The total length of the envelopes, in bytes.</param>
    public static int Length(int count, int bytes) => HeaderLength + (count * LengthPrefixLength) + bytes;

    /// <summary>Writes the header of a pack.</summary>
    /// <returns>The offset of the first envelope.</returns>
    public static int Begin(Span<byte> pack)
    {
        pack[0] = Marker;
        return HeaderLength;
    }

    /// <summary>Writes an envelope at the given offset.</summary>
    /// <returns>The offset of the next envelope.</returns>
    public static int Add(Span<byte> pack, int at, ReadOnlySpan<byte> envelope)
    {
        BinaryPrimitives.WriteInt32BigEndian(pack[at..], envelope.Length);
        envelope.CopyTo(pack[(at + LengthPrefixLength)..]);
        return at + LengthPrefixLength + envelope.Length;
    }

    /// <summary>
    /// Invokes the callback for each envelope in a Redis message, packed or single. The rest of a truncated pack is passed on as
    /// one envelope, which fails to decode.
    /// </summary>
    public static void Unpack(ReadOnlyMemory<byte> message, Action<ReadOnlyMemory<byte>> receive)
    {
        if (message.IsEmpty || message.Span[0] != Marker)
        {
            receive(message);
            return;
        }

        var rest = message[HeaderLength..];
        while (!rest.IsEmpty)
        {
            var length = rest.Length < LengthPrefixLength ? -1 : BinaryPrimitives.ReadInt32BigEndian(rest.Span);
            if (length < 0 || length > rest.Length - LengthPrefixLength)
            {
                receive(rest);
                return;
            }

            receive(rest.Slice(LengthPrefixLength, length));
            rest = rest[(LengthPrefixLength + length)..];
        }
    }
}
