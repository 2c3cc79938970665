using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster;

/// <summary>
/// What a server says of a request that it forwards: <c>sender, client's address, scheme, time, tag</c>, separated by spaces. The tag
/// covers the session id too, so a header seen once is worth nothing for another session; and only a server of the cluster can make it.
/// </summary>
internal static class ForwardHeader
{
    public const string Name = "X-Scaler-Forwarded";

    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    public static string Write(string sender, IPAddress? client, string scheme, string sid, DateTimeOffset now, ClusterSecret secret)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{sender} {client?.ToString() ?? "-"} {scheme} {now.ToUnixTimeMilliseconds()}");
        return $"{said} {secret.Forwards.Tag(sid + " " + said)}";
    }

    /// <summary>Reads the header of a request.</summary>
    /// <returns>False where there is none, or it was not made by this cluster for this session within the last minute.</returns>
    public static bool TryRead(IHeaderDictionary headers, string sid, DateTimeOffset now, ClusterSecret secret, out IPAddress? client, out string scheme)
    {
        (client, scheme) = (null, "");
        var value = headers[Name];
        if (value.Count != 1 || value[0] is not { } header || header.LastIndexOf(' ') is not (> 0 and var at))
        {
            return false;
        }

        var parts = header.Split(' ');
        if (parts.Length != 5 || !secret.Forwards.IsTag(sid + " " + header[..at], parts[4])
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
