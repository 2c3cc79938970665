using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace Scaler.Cluster.Secrets;

/// <summary>
/// Computes and verifies tags with one key of the cluster. A tag is the first half of an HMAC-SHA256; RFC 2104 section 5 allows
/// this truncation. The keyed hash objects are pooled, because creating one costs more than computing the tag of a short input.
/// </summary>
internal sealed class ClusterKey(byte[] key)
{
    /// <summary>The length of a tag, in bytes.</summary>
    public const int TagLength = 16;

    private readonly ObjectPool<IncrementalHash> _hashes = new DefaultObjectPool<IncrementalHash>(new Policy(key));

    /// <summary>Computes the tag of the data.</summary>
    public void ComputeTag(ReadOnlySpan<byte> data, Span<byte> tag)
    {
        Span<byte> hmac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hash = _hashes.Get();
        hash.AppendData(data);
        hash.GetHashAndReset(hmac);
        _hashes.Return(hash);
        hmac[..TagLength].CopyTo(tag);
    }

    /// <summary>Returns <see langword="true"/> if the tag belongs to the data. The comparison takes constant time.</summary>
    public bool VerifyTag(ReadOnlySpan<byte> data, ReadOnlySpan<byte> tag)
    {
        Span<byte> expected = stackalloc byte[TagLength];
        ComputeTag(data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }

    /// <summary>Returns the tag of a text, encoded as base64url.</summary>
    public string ComputeTag(string data)
    {
        Span<byte> tag = stackalloc byte[TagLength];
        ComputeTag(Encoding.UTF8.GetBytes(data), tag);
        return Base64Url.EncodeToString(tag);
    }

    public bool VerifyTag(string data, string tag) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(ComputeTag(data)), Encoding.UTF8.GetBytes(tag));

    private sealed class Policy(byte[] key) : PooledObjectPolicy<IncrementalHash>
    {
        public override IncrementalHash Create() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);

        public override bool Return(IncrementalHash obj) => true;
    }
}
