using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;

namespace Scaler.Cluster;

/// <summary>
/// A key of the cluster, and the tags that it makes: the first half of an HMAC-SHA256, which RFC 2104 section 5 allows. What the platform
/// prepares for a key costs it more than the tag of some bytes, so that is kept and used again.
/// </summary>
internal sealed class ClusterKey(byte[] key)
{
    /// <summary>Bytes of a tag.</summary>
    public const int TagLength = 16;

    private readonly ObjectPool<IncrementalHash> _hashes = new DefaultObjectPool<IncrementalHash>(new Policy(key));

    public void Tag(ReadOnlySpan<byte> data, Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hash = _hashes.Get();
        hash.AppendData(data);
        hash.GetHashAndReset(whole);
        _hashes.Return(hash);
        whole[..TagLength].CopyTo(tag);
    }

    public bool IsTag(ReadOnlySpan<byte> data, ReadOnlySpan<byte> tag)
    {
        Span<byte> right = stackalloc byte[TagLength];
        Tag(data, right);
        return CryptographicOperations.FixedTimeEquals(right, tag);
    }

    /// <summary>A tag as text.</summary>
    public string Tag(string data)
    {
        Span<byte> tag = stackalloc byte[TagLength];
        Tag(Encoding.UTF8.GetBytes(data), tag);
        return Base64Url.EncodeToString(tag);
    }

    public bool IsTag(string data, string tag) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Tag(data)), Encoding.UTF8.GetBytes(tag));

    private sealed class Policy(byte[] key) : PooledObjectPolicy<IncrementalHash>
    {
        public override IncrementalHash Create() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);

        public override bool Return(IncrementalHash obj) => true;
    }
}
