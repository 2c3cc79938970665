using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Scaler.Cluster;

/// <summary>
/// What the servers of one cluster share and nobody else knows. Each use has a key of its own (HKDF, RFC 5869), so a tag made
/// for one is worth nothing for another.
/// </summary>
internal sealed class ClusterSecret
{
    /// <summary>Bytes of a tag: the first half of an HMAC-SHA256, which RFC 2104 section 5 allows.</summary>
    public const int TagLength = 16;

    private readonly byte[] _sidKey;
    private readonly byte[] _busKey;
    private readonly byte[] _forwardKey;
    private readonly byte[] _peerKey;

    public ClusterSecret(string secret)
    {
        Text = secret;
        var material = Encoding.UTF8.GetBytes(secret);
        _sidKey = Derive(material, "scaler sid");
        _busKey = Derive(material, "scaler bus");
        _forwardKey = Derive(material, "scaler forward");
        _peerKey = Derive(material, "scaler peer");
    }

    /// <summary>The secret itself. It goes to Redis where the servers agree on one there, and nowhere else.</summary>
    public string Text { get; }

    /// <summary>A new random secret: 256 bits.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public void TagSid(ReadOnlySpan<byte> data, Span<byte> tag) => Tag(_sidKey, data, tag);

    public void TagEnvelope(ReadOnlySpan<byte> data, Span<byte> tag) => Tag(_busKey, data, tag);

    public bool IsEnvelopeTag(ReadOnlySpan<byte> data, ReadOnlySpan<byte> tag) => IsTag(_busKey, data, tag);

    public bool IsSidTag(ReadOnlySpan<byte> data, ReadOnlySpan<byte> tag) => IsTag(_sidKey, data, tag);

    /// <summary>The tag of a forwarded request, as text.</summary>
    public string TagForward(string data) => TagText(_forwardKey, data);

    public bool IsForwardTag(string data, string tag) => IsTextTag(_forwardKey, data, tag);

    /// <summary>The tag of a server that connects to another, as text.</summary>
    public string TagPeer(string data) => TagText(_peerKey, data);

    public bool IsPeerTag(string data, string tag) => IsTextTag(_peerKey, data, tag);

    private static byte[] Derive(byte[] material, string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, info: Encoding.UTF8.GetBytes(use));

    private static string TagText(byte[] key, string data)
    {
        Span<byte> tag = stackalloc byte[TagLength];
        Tag(key, Encoding.UTF8.GetBytes(data), tag);
        return Base64Url.EncodeToString(tag);
    }

    private static bool IsTextTag(byte[] key, string data, string tag) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(TagText(key, data)), Encoding.UTF8.GetBytes(tag));

    private static void Tag(byte[] key, ReadOnlySpan<byte> data, Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, data, whole);
        whole[..TagLength].CopyTo(tag);
    }

    private static bool IsTag(byte[] key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> tag)
    {
        Span<byte> right = stackalloc byte[TagLength];
        Tag(key, data, right);
        return CryptographicOperations.FixedTimeEquals(right, tag);
    }
}
