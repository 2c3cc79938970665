using Microsoft.Extensions.Logging;
using Scaler.Cluster.Membership;
using Scaler.Cluster.Node;

namespace Scaler.Cluster.Forwarding.Reachability;

/// <summary>
/// Detects servers that this server cannot reach, and servers that cannot reach this server. The lease publishes the servers that
/// this server cannot reach.
/// </summary>
internal sealed partial class ReachabilityMonitor(
    ClusterNode node, ClusterMembership membership, Func<ServerInfo, CancellationToken, Task<string?>> probe,
    ILogger<ReachabilityMonitor> logger) : IAsyncDisposable
{
    private const int MaxConcurrentProbes = 4;

    private readonly ReachabilityTable _table = new(node.Time, node.Options.Cluster);
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private volatile ReachabilityReport[] _reports = [];

    /// <summary>Gets the servers that this server cannot reach.</summary>
    public IReadOnlyList<UnreachableServer> Unreachable => membership.Unreachable;

    /// <summary>Gets the reports of other servers that they cannot reach this server.</summary>
    public IReadOnlyList<ReachabilityReport> Reports => _reports;

    /// <summary>Starts probing. This server must be listening.</summary>
    public void Start() => _loop = RunAsync();

    /// <summary>Probes a server soon, because a request could not be forwarded to it.</summary>
    public void Suspect(string server) => _table.Suspect(server);

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(node.Options.Cluster.LeaseRenewal, node.Time);
        try
        {
            do
            {
                // Without the own lease, the list of servers is out of date, and all leases in it seem to expire.
                if (membership.HoldsLease)
                {
                    await RunCycleAsync();
                }
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RunCycleAsync()
    {
        try
        {
            await RunCycleCoreAsync();
        }
#pragma warning disable CA1031 // The loop must survive any exception, so that later failures are still detected.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.CycleFailed(logger, exception);
        }
    }

    private async Task RunCycleCoreAsync()
    {
        ServerInfo[] live = [.. membership.Servers.GetLive()
            .Where(server => server.Id != membership.ServerId && server.Url is not null)];
        UpdateReports(live);
        foreach (var left in _table.Update(live))
        {
            Log.Left(logger, left.Id);
        }

        membership.Unreachable = _table.GetUnreachable();
        await Parallel.ForEachAsync(
            _table.TakeDue(),
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentProbes, CancellationToken = _stopping.Token },
            async (server, cancellationToken) => Record(server, await probe(server, cancellationToken)));
    }

    private void Record(ServerInfo server, string? reason)
    {
        switch (_table.Record(server, reason))
        {
            case ReachabilityChange.Lost:
                Log.Lost(logger, server.Id, DisplayUrl.Format(server.Url) ?? "", reason!);
                break;
            case ReachabilityChange.Found:
                Log.Found(logger, server.Id, DisplayUrl.Format(server.Url) ?? "");
                break;
        }

        membership.Unreachable = _table.GetUnreachable();
    }

    /// <summary>Finds the reports about this server at its current URL.</summary>
    private void UpdateReports(ServerInfo[] live)
    {
        var url = DisplayUrl.Format(membership.Url);
        ReachabilityReport[] reports =
        [
            .. from server in live
               from unreachable in server.Unreachable
               where unreachable.Id == membership.ServerId && unreachable.Url == url
               select new ReachabilityReport(server.Id, unreachable.Url, unreachable.Reason),
        ];
        var hadReports = _reports.Length > 0;
        _reports = reports;
        if (reports is [var first, ..] && !hadReports)
        {
            Log.Reported(logger, first.Server, first.Url, first.Reason);
        }
        else if (reports.Length == 0 && hadReports)
        {
            Log.NotReported(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "This server cannot reach server {Id} at {Url}: {Reason}. Requests for its sessions fail here. "
            + "Set Scaler:Cluster:AdvertisedUrl of server {Id} to a URL that the other servers reach.")]
        public static partial void Lost(ILogger logger, string id, string url, string reason);

        [LoggerMessage(2, LogLevel.Information, "This server reaches server {Id} at {Url} again.")]
        public static partial void Found(ILogger logger, string id, string url);

        [LoggerMessage(3, LogLevel.Information, "Server {Id}, which this server could not reach, has left the cluster.")]
        public static partial void Left(ILogger logger, string id);

        [LoggerMessage(
            4, LogLevel.Warning,
            "Server {Id} cannot reach this server at {Url}: {Reason}. Requests for sessions of this server fail there. "
            + "Set Scaler:Cluster:AdvertisedUrl of this server to a URL that the other servers reach.")]
        public static partial void Reported(ILogger logger, string id, string url, string reason);

        [LoggerMessage(5, LogLevel.Information, "No server reports any more that it cannot reach this server.")]
        public static partial void NotReported(ILogger logger);

        [LoggerMessage(
            6, LogLevel.Error, "An unexpected error occurred while probing the other servers. The next cycle retries.")]
        public static partial void CycleFailed(ILogger logger, Exception exception);
    }
}
