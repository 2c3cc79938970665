using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Scaler.Cluster.Secrets;

/// <summary>
/// Represents the secret that the servers of one cluster share. Each purpose has its own key (HKDF, RFC 5869), so a tag made for
/// one purpose is invalid for any other.
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
        Probes = Derive(material, "scaler probe");
    }

    /// <summary>Gets the secret itself. It is sent only to Redis, and only if the servers agree on their secret there.</summary>
    public string Text { get; }

    /// <summary>Gets the key that authenticates session IDs.</summary>
    public ClusterKey Sids { get; }

    /// <summary>Gets the key that authenticates envelopes on the bus.</summary>
    public ClusterKey Envelopes { get; }

    /// <summary>Gets the key that authenticates the headers of forwarded requests.</summary>
    public ClusterKey Forwards { get; }

    /// <summary>Gets the key that authenticates connections between servers.</summary>
    public ClusterKey Peers { get; }

    /// <summary>Gets the key that authenticates probes between servers and their answers.</summary>
    public ClusterKey Probes { get; }

    /// <summary>Generates a random secret of 256 bits.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static ClusterKey Derive(byte[] material, string use) =>
        new(HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, info: Encoding.UTF8.GetBytes(use)));
}
