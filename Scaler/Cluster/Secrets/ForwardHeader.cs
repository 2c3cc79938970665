using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Secrets;

/// <summary>
/// Reads and writes the header of a forwarded request: <c>sender, client's address, scheme, time, path base, user, tag</c>,
/// separated by spaces. A dash represents a missing value. The tag also covers the session ID, so a captured header
/// is invalid for another session. Only a server of the cluster can compute the tag.
/// </summary>
internal static class ForwardHeader
{
    public const string Name = "X-Scaler-Forwarded";

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private const string None = "-";

    public static string Write(string sender, in ForwardedClient client, string sid, DateTimeOffset now, ClusterSecret secret)
    {
        var (address, time) = (client.Address?.ToString() ?? None, now.ToUnixTimeMilliseconds());
        var content = string.Create(
            CultureInfo.InvariantCulture,
            $"{sender} {address} {client.Scheme} {time} {OrNone(client.PathBase)} {OrNone(client.User)}");
        return $"{content} {secret.Forwards.ComputeTag(sid + " " + content)}";
    }

    /// <summary>Reads and verifies the header of a request.</summary>
    /// <returns>
    /// <see langword="true"/> if a server of this cluster created the header for this session within the last minute; otherwise,
    /// <see langword="false"/>.
    /// </returns>
    public static bool TryRead(
        IHeaderDictionary headers, string sid, DateTimeOffset now, ClusterSecret secret, out ForwardedClient client)
    {
        client = default;
        var value = headers[Name];
        if (value.Count != 1 || value[0] is not { } header || header.LastIndexOf(' ') is not (> 0 and var at))
        {
            return false;
        }

        var parts = header.Split(' ');
        if (parts.Length != 7 || !secret.Forwards.VerifyTag(sid + " " + header[..at], parts[6])
            || !long.TryParse(parts[3], CultureInfo.InvariantCulture, out var time)
            || (now - DateTimeOffset.FromUnixTimeMilliseconds(time)).Duration() > MaxAge)
        {
            return false;
        }

        _ = IPAddress.TryParse(parts[1], out var address);
        client = new ForwardedClient(address, parts[2], OrEmpty(parts[4]), OrEmpty(parts[5]));
        return true;
    }

    private static string OrNone(string value) => value.Length > 0 ? value : None;

    private static string OrEmpty(string value) => value == None ? "" : value;
}
