using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Scaler.Cluster.Secrets;

/// <summary>
/// Creates and reads the session IDs of a cluster: <c>server.random.tag</c>. The server ID names the server that holds the
/// session, and 144 random bits make the session ID unguessable. Only a server of this cluster can compute the tag. Any server
/// can therefore reject a forged ID without asking another server.
/// </summary>
internal static class ClusterSid
{
    private const int RandomBytes = 18;
    private const int RandomChars = 24;
    private const int TagChars = 22;
    private const int MaxLength = 128;

    /// <summary>Creates a session ID for a session on the given server.</summary>
    public static string Create(string serverId, ClusterSecret secret)
    {
        Span<byte> sid = stackalloc byte[MaxLength];
        var length = Encoding.ASCII.GetBytes(serverId, sid);
        sid[length++] = (byte)'.';
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        length += Base64Url.EncodeToUtf8(random, sid[length..]);
        Span<byte> tag = stackalloc byte[ClusterKey.TagLength];
        secret.Sids.ComputeTag(sid[..length], tag);
        sid[length++] = (byte)'.';
        length += Base64Url.EncodeToUtf8(tag, sid[length..]);
        return Encoding.ASCII.GetString(sid[..length]);
    }

    /// <summary>Gets the ID of the server that holds a session, if the session ID is genuine.</summary>
    /// <returns>
    /// <see langword="false"/> if this cluster did not create the session ID; otherwise, <see langword="true"/>.
    /// </returns>
    public static bool TryRead(string sid, ClusterSecret secret, out string serverId)
    {
        serverId = "";
        var dot = sid.Length - TagChars - 1;
        var server = dot - RandomChars - 1;
        if (sid.Length > MaxLength || server <= 0 || sid[dot] != '.' || sid[server] != '.' || !Ascii.IsValid(sid))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[MaxLength];
        var length = Encoding.ASCII.GetBytes(sid, bytes);
        Span<byte> tag = stackalloc byte[ClusterKey.TagLength];
        if (Base64Url.DecodeFromUtf8(bytes[(dot + 1)..length], tag, out _, out var written) != OperationStatus.Done
            || written != tag.Length || !secret.Sids.VerifyTag(bytes[..dot], tag))
        {
            return false;
        }

        serverId = sid[..server];
        return true;
    }
}
