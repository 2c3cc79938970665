using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Scaler.Cluster;

/// <summary>
/// The session ids of a cluster: <c>server.random.tag</c>. The server's id says where the session lives, 144 random bits make
/// it a secret, and the tag can only be made by a server of this cluster: a forged id is refused where it lands, without a
/// question to anyone.
/// </summary>
internal static class ClusterSid
{
    private const int RandomBytes = 18;
    private const int RandomChars = 24;
    private const int TagChars = 22;
    private const int MaxLength = 128;

    /// <summary>Characters of a server's id.</summary>
    public static readonly SearchValues<char> ServerIdChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static string Create(string serverId, ClusterSecret secret)
    {
        Span<byte> sid = stackalloc byte[MaxLength];
        var length = Encoding.ASCII.GetBytes(serverId, sid);
        sid[length++] = (byte)'.';
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        length += Base64Url.EncodeToUtf8(random, sid[length..]);
        Span<byte> tag = stackalloc byte[ClusterKey.TagLength];
        secret.Sids.Tag(sid[..length], tag);
        sid[length++] = (byte)'.';
        length += Base64Url.EncodeToUtf8(tag, sid[length..]);
        return Encoding.ASCII.GetString(sid[..length]);
    }

    /// <summary>Tells the server of a genuine session id.</summary>
    /// <returns>False where the id was not made by this cluster.</returns>
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
            || written != tag.Length || !secret.Sids.IsTag(bytes[..dot], tag))
        {
            return false;
        }

        serverId = sid[..server];
        return true;
    }
}
