using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Secrets;

/// <summary>
/// Reads and writes the header of a forwarded request: <c>sender, client's address, scheme, time, tag</c>, separated by spaces.
/// The tag also covers the session ID, so a captured header is invalid for another session. Only a server of the cluster can
/// compute the tag.
/// </summary>
internal static class ForwardHeader
{
    public const string Name = "X-Scaler-Forwarded";

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    public static string Write(string sender, IPAddress? client, string scheme, string sid, DateTimeOffset now, ClusterSecret secret)
    {
        var content = string.Create(
            CultureInfo.InvariantCulture, $"{sender} {client?.ToString() ?? "-"} {scheme} {now.ToUnixTimeMilliseconds()}");
        return $"{content} {secret.Forwards.ComputeTag(sid + " " + content)}";
    }

    /// <summary>Reads and verifies the header of a request.</summary>
    /// <returns>
    /// <see langword="true"/> if a server of this cluster created the header for this session within the last minute; otherwise,
    /// <see langword="false"/>.
    /// </returns>
    public static bool TryRead(IHeaderDictionary headers, string sid, DateTimeOffset now, ClusterSecret secret, out IPAddress? client, out string scheme)
    {
        (client, scheme) = (null, "");
        var value = headers[Name];
        if (value.Count != 1 || value[0] is not { } header || header.LastIndexOf(' ') is not (> 0 and var at))
        {
            return false;
        }

        var parts = header.Split(' ');
        if (parts.Length != 5 || !secret.Forwards.VerifyTag(sid + " " + header[..at], parts[4])
            || !long.TryParse(parts[3], CultureInfo.InvariantCulture, out var time)
            || (now - DateTimeOffset.FromUnixTimeMilliseconds(time)).Duration() > MaxAge)
        {
            return false;
        }

        _ = IPAddress.TryParse(parts[1], out client);
        scheme = parts[2];
        return true;
    }
}
