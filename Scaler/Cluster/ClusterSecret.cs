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
    public ClusterSecret(string secret)
    {
        Text = secret;
        var material = Encoding.UTF8.GetBytes(secret);
        Sids = Derive(material, "scaler sid");
        Envelopes = Derive(material, "scaler bus");
        Forwards = Derive(material, "scaler forward");
        Peers = Derive(material, "scaler peer");
    }

    /// <summary>The secret itself. It goes to Redis where the servers agree on one there, and nowhere else.</summary>
    public string Text { get; }

    /// <summary>The key of session ids.</summary>
    public ClusterKey Sids { get; }

    /// <summary>The key of what goes over the bus.</summary>
    public ClusterKey Envelopes { get; }

    /// <summary>The key of the headers of forwarded requests.</summary>
    public ClusterKey Forwards { get; }

    /// <summary>The key of servers that connect to each other.</summary>
    public ClusterKey Peers { get; }

    /// <summary>A new random secret: 256 bits.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static ClusterKey Derive(byte[] material, string use) =>
        new(HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, info: Encoding.UTF8.GetBytes(use)));
}
