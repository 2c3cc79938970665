using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace Scaler.Cluster.Secrets;

/// <summary>
/// Computes and verifies tags with the keys of the cluster for one purpose. The first key signs, and all keys verify, so that a
/// secret can be replaced without downtime. A tag is the first half of an HMAC-SHA256; RFC 2104 section 5 allows this truncation.
/// The keyed hash objects are pooled, because creating one costs more than computing the tag of a short input.
/// </summary>
internal sealed class ClusterKey(IEnumerable<byte[]> keys)
{
    /// <summary>The length of a tag, in bytes.</summary>
    public const int TagLength = 16;

    private readonly ObjectPool<IncrementalHash>[] _hashes =
        [.. keys.Select(static key => new DefaultObjectPool<IncrementalHash>(new Policy(key)))];

    /// <summary>Computes the tag of the data.</summary>
    public void ComputeTag(ReadOnlySpan<byte> data, Span<byte> tag) => ComputeTag(_hashes[0], data, tag);

    /// <summary>Returns <see langword="true"/> if the tag belongs to the data. Each comparison takes constant time.</summary>
    public bool VerifyTag(ReadOnlySpan<byte> data, ReadOnlySpan<byte> tag)
    {
        Span<byte> expected = stackalloc byte[TagLength];
        foreach (var hashes in _hashes)
        {
            ComputeTag(hashes, data, expected);
            if (CryptographicOperations.FixedTimeEquals(expected, tag))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the tag of a text, encoded as base64url.</summary>
    public string ComputeTag(string data) => ComputeTag(_hashes[0], data);

    /// <summary>
    /// Returns <see langword="true"/> if the encoded tag belongs to the text. The encoded tags are compared, because several
    /// encodings decode to the same tag.
    /// </summary>
    public bool VerifyTag(string data, string tag)
    {
        var encoded = Encoding.UTF8.GetBytes(tag);
        foreach (var hashes in _hashes)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(ComputeTag(hashes, data)), encoded))
            {
                return true;
            }
        }

        return false;
    }

    private static string ComputeTag(ObjectPool<IncrementalHash> hashes, string data)
    {
        Span<byte> tag = stackalloc byte[TagLength];
        ComputeTag(hashes, Encoding.UTF8.GetBytes(data), tag);
        return Base64Url.EncodeToString(tag);
    }

    private static void ComputeTag(ObjectPool<IncrementalHash> hashes, ReadOnlySpan<byte> data, Span<byte> tag)
    {
        Span<byte> hmac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hash = hashes.Get();
        hash.AppendData(data);
        hash.GetHashAndReset(hmac);
        hashes.Return(hash);
        hmac[..TagLength].CopyTo(tag);
    }

    private sealed class Policy(byte[] key) : PooledObjectPolicy<IncrementalHash>
    {
        public override IncrementalHash Create() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);

        public override bool Return(IncrementalHash obj) => true;
    }
}
