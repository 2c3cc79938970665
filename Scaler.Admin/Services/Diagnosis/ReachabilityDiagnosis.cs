using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Services.Diagnosis;

/// <summary>Detects live servers that other servers cannot reach. Servers that report the same reason share a finding.</summary>
internal static class ReachabilityDiagnosis
{
    /// <summary>The maximum number of reporting servers that a title names.</summary>
    private const int MaxNamed = 3;

    public static IEnumerable<Finding> Diagnose(ClusterSnapshot cluster)
    {
        var live = cluster.LiveServers.Select(server => server.Info.Id).ToHashSet(StringComparer.Ordinal);
        return
            from server in cluster.LiveServers
            from unreachable in server.Info.Unreachable
            where live.Contains(unreachable.Id)
            group server.Info.Id by (unreachable.Id, unreachable.Url, unreachable.Reason) into reports
            select new Finding(
                Severity.Critical,
                $"{Name([.. reports])} cannot reach server {reports.Key.Id} at {reports.Key.Url}: {reports.Key.Reason}",
                $"Requests for sessions of server {reports.Key.Id} that arrive there fail, and the clients have to reconnect. "
                + $"Set AdvertisedUrl (Scaler:Cluster:AdvertisedUrl) of server {reports.Key.Id} to a URL that the other "
                + "servers reach, or open the network between them.",
                "servers", "Servers");
    }

    private static string Name(string[] servers) => servers switch
    {
        [var one] => $"Server {one}",
        { Length: <= MaxNamed } => $"Servers {string.Join(", ", servers)}",
        _ => $"{servers.Length} servers ({string.Join(", ", servers.Take(MaxNamed))}, …)",
    };
}
