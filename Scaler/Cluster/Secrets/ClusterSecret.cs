using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Scaler.Cluster.Secrets;

/// <summary>
/// Represents the secret that the servers of one cluster share. Each purpose and each Redis prefix has its own key (HKDF, RFC
/// 5869), so a tag made for one purpose or prefix is invalid for any other.
/// </summary>
internal sealed class ClusterSecret
{
    /// <param name="secret">The secret.</param>
    /// <param name="prefix">The prefix of the cluster's keys in Redis.</param>
    /// <param name="additional">Further secrets that other servers sign with, during the replacement of a secret.</param>
    public ClusterSecret(string secret, string prefix = "", IEnumerable<string>? additional = null)
    {
        Text = secret;
        byte[][] materials = [.. new[] { secret }.Concat(additional ?? []).Select(Encoding.UTF8.GetBytes)];
        Sids = Derive(materials, "scaler sid", prefix);
        Envelopes = Derive(materials, "scaler bus", prefix);
        Forwards = Derive(materials, "scaler forward", prefix);
        Peers = Derive(materials, "scaler peer", prefix);
        Answers = Derive(materials, "scaler answer", prefix);
        Probes = Derive(materials, "scaler probe", prefix);
        Servers = Derive(materials, "scaler server", prefix);
    }

    /// <summary>Gets the secret itself. It is sent only to Redis, and only if the servers agree on their secret there.</summary>
    public string Text { get; }

    /// <summary>Gets the key that authenticates session IDs.</summary>
    public ClusterKey Sids { get; }

    /// <summary>Gets the key that authenticates envelopes on the bus.</summary>
    public ClusterKey Envelopes { get; }

    /// <summary>Gets the key that authenticates the headers of forwarded requests.</summary>
    public ClusterKey Forwards { get; }

    /// <summary>Gets the key that authenticates the server that opens a connection to another server.</summary>
    public ClusterKey Peers { get; }

    /// <summary>Gets the key that authenticates the server that accepts a connection of another server.</summary>
    public ClusterKey Answers { get; }

    /// <summary>Gets the key that authenticates probes between servers and their answers.</summary>
    public ClusterKey Probes { get; }

    /// <summary>Gets the key that authenticates the servers' descriptions of themselves in Redis.</summary>
    public ClusterKey Servers { get; }

    /// <summary>Generates a random secret of 256 bits.</summary>
    public static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static ClusterKey Derive(byte[][] materials, string use, string prefix) => new(materials.Select(material =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, info: Encoding.UTF8.GetBytes($"{use}\0{prefix}"))));
}
