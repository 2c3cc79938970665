using System.Globalization;

namespace Scaler.Cluster.Secrets;

/// <summary>
/// Signs and verifies the servers' descriptions of themselves in Redis. The signature covers the ID, the epoch, the URL and the
/// time of the renewal. A process that can write to Redis but does not know the secret cannot direct requests to a URL.
/// </summary>
internal static class ServerSignature
{
    public static ServerInfo Sign(ServerInfo server, DateTimeOffset now, ClusterSecret secret)
    {
        var signed = server with { SignedAt = now.ToUnixTimeMilliseconds() };
        return signed with { Signature = secret.Servers.ComputeTag(Describe(signed)) };
    }

    /// <summary>Returns <see langword="true"/> if a server of this cluster signed the description, at any time.</summary>
    public static bool IsGenuine(ServerInfo server, ClusterSecret secret) =>
        server.Signature is { } signature && secret.Servers.VerifyTag(Describe(server), signature);

    /// <summary>Returns <see langword="true"/> if the signature is at most <paramref name="maxAge"/> away from now.</summary>
    public static bool IsFresh(ServerInfo server, DateTimeOffset now, TimeSpan maxAge) =>
        Int128.Abs((Int128)now.ToUnixTimeMilliseconds() - server.SignedAt) <= (long)maxAge.TotalMilliseconds;

    // Only the last part may contain a line feed, so two servers never have the same description.
    private static string Describe(ServerInfo server) =>
        string.Create(CultureInfo.InvariantCulture, $"{server.Id}\n{server.Epoch}\n{server.SignedAt}\n{server.Url}");
}
