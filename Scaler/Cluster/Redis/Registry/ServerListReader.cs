using System.Text.Json;
using Scaler.Cluster.Abstractions;
using StackExchange.Redis;

namespace Scaler.Cluster.Redis.Registry;

/// <summary>
/// Reads the entries of the servers. Redis may contain entries that no server wrote, so no entry can fail the others.
/// </summary>
internal static class ServerListReader
{
    /// <summary>The maximum size of an entry, in bytes. An entry with 10 unreachable servers has about 3,000 bytes.</summary>
    private const int MaxLength = 64 * 1024;

    /// <summary>The maximum length of the name of a server epoch, in characters.</summary>
    private const int MaxNameLength = 64;

    /// <param name="now">The time of Redis's clock, in microseconds.</param>
    /// <param name="leases">The leases: name, end in milliseconds, name, end…</param>
    /// <param name="entries">The descriptions: name, JSON, name, JSON…</param>
    public static ServerList Read(long now, RedisResult leases, RedisResult entries)
    {
        var ends = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < leases.Length; i += 2)
        {
            ends[(string)leases[i]!] = ((RedisValue)leases[i + 1]).TryParse(out long end) ? end : 0;
        }

        List<ServerInfo> servers = [];
        List<string> unreadable = [], expired = [];
        for (var i = 0; i + 1 < entries.Length; i += 2)
        {
            var name = (string)entries[i]!;
            var remaining = Math.Clamp(ends.GetValueOrDefault(name) - (now / 1000), 0, int.MaxValue);
            if (remaining == 0 && IsValid(name))
            {
                expired.Add(name);
            }

            if (Read((byte[]?)entries[i + 1]) is { } server && server.EpochName == name)
            {
                servers.Add(server with
                {
                    LeaseRemaining = TimeSpan.FromMilliseconds(remaining),
                    State = remaining > 0 ? server.State : ServerState.Dead,
                });
            }
            else
            {
                unreadable.Add(name);
            }
        }

        servers.Sort((a, b) => string.CompareOrdinal(a.Id, b.Id) is not 0 and var order ? order : a.Epoch.CompareTo(b.Epoch));
        return new ServerList(servers) { Unreadable = unreadable, Expired = expired, ClockMicroseconds = now };
    }

    private static ServerInfo? Read(byte[]? json)
    {
        if (json is not { Length: > 0 and <= MaxLength })
        {
            return null;
        }

        try
        {
            var server = JsonSerializer.Deserialize(json, ClusterJson.Default.ServerInfo);

            // The serializer does not enforce that references are not null.
            return server?.Id is not null
                && server.Unreachable.All(static other => other is { Id: not null, Url: not null, Reason: not null })
                ? server
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A name that is not UTF-8 reads as U+FFFD. A removal under that name would find nothing, again and again.
    private static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.Contains('\uFFFD', StringComparison.Ordinal);
}
