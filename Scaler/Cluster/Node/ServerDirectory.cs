using Microsoft.Extensions.Logging;
using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Secrets;

namespace Scaler.Cluster.Node;

/// <summary>
/// Reads and writes the servers in the registry. Descriptions are signed at each renewal. Entries that no server of this cluster
/// signed, or that an attacker wrote again after their server had died, are ignored and counted.
/// </summary>
internal sealed partial class ServerDirectory(
    IServerRegistry registry, SecretAgreement secret, ClusterClock clock, ScalerClusterOptions options, TimeProvider time,
    ScalerMetrics metrics, ILogger logger)
{
    /// <summary>The maximum number of ignored entries that one read logs.</summary>
    private const int MaxLogged = 10;

    /// <summary>The maximum number of characters of a name in the log.</summary>
    private const int MaxNameLength = 64;

    /// <summary>The tolerated difference between the clocks of two servers, which is also that of a forwarded request.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private volatile HashSet<string> _ignored = [];

    /// <summary>Gets the number of entries that the last read ignored.</summary>
    public int IgnoredCount => _ignored.Count;

    /// <summary>
    /// Signs the description of this server and renews its lease; see <see cref="IServerRegistry.RenewAsync"/>.
    /// </summary>
    public async Task<RenewalResult> RenewAsync(ServerInfo server, TimeSpan lease, bool join)
    {
        var answer = await registry.RenewAsync(ServerSignature.Sign(server, time.GetUtcNow(), secret.Current), lease, join);
        return answer.IsHeld ? answer with { Servers = await SelectGenuineAsync(answer.Servers) } : answer;
    }

    /// <summary>Gets the servers that signed their entry, live and dead. Updates the estimate of Redis's clock too.</summary>
    public async Task<ServerList> GetServersAsync()
    {
        var requestedAt = time.GetTimestamp();
        var servers = await registry.GetServersAsync();
        clock.Update(requestedAt, servers.ClockMicroseconds);
        return await SelectGenuineAsync(servers);
    }

    private async Task<ServerList> SelectGenuineAsync(ServerList servers)
    {
        var ignored = new Dictionary<string, string>(StringComparer.Ordinal);
        var genuine = SelectGenuine(servers, ignored);
        if (ignored.Count > 0 && await secret.AgreeAsync())
        {
            // The servers have agreed on another secret since, because Redis had lost the previous one.
            ignored.Clear();
            genuine = SelectGenuine(servers, ignored);
        }

        Report(ignored);
        return genuine;
    }

    private ServerList SelectGenuine(ServerList servers, Dictionary<string, string> ignored)
    {
        var (now, current) = (time.GetUtcNow(), secret.Current);
        List<ServerInfo> genuine = [];
        foreach (var name in servers.Unreadable)
        {
            ignored[name] = "unreadable";
        }

        foreach (var server in servers)
        {
            if (!ServerSignature.IsGenuine(server, current))
            {
                ignored[server.EpochName] = "unsigned";
            }
            else if (ServerSignature.IsFresh(server, now, options.LeaseDuration + ClockTolerance))
            {
                genuine.Add(server);
            }
            else if (server.State != ServerState.Dead)
            {
                ignored[server.EpochName] = "stale";
            }
        }

        return new ServerList(genuine) { Expired = servers.Expired, ClockMicroseconds = servers.ClockMicroseconds };
    }

    private void Report(Dictionary<string, string> ignored)
    {
        var known = _ignored;
        _ignored = ignored.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var reason in ignored.Values)
        {
            metrics.ServerEntryIgnored(reason);
        }

        foreach (var (name, reason) in ignored.Where(entry => !known.Contains(entry.Key)).Take(MaxLogged))
        {
            LogIgnored(ToPrintable(name), reason);
        }
    }

    // Anyone who can write to Redis chooses the name.
    private static string ToPrintable(string name) => string.Concat(
        name.Take(MaxNameLength).Select(static character =>
            char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' ? character : '?'));

    [LoggerMessage(
        1, LogLevel.Warning,
        "The entry of server {Name} in Redis is ignored because it is {Reason}. Either its Scaler:Cluster:Secret or its clock "
        + "differs from this server's, or a process that is no server of this cluster has written it.")]
    private partial void LogIgnored(string name, string reason);
}
