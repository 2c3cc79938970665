namespace Scaler.Admin.Services.Cluster;

/// <summary>Implements <see cref="IClusterView"/> over <see cref="ScalerCluster"/>.</summary>
internal sealed class ClusterView(ScalerCluster cluster) : IClusterView
{
    // A manual send is rare, so the wait for receipts is acceptable and lets the dashboard report the result.
    private static readonly SendOptions WithReceipts = new() { Receipts = true };
    private static readonly BroadcastOptions BroadcastWithReceipts = new() { Receipts = true };

    public int IgnoredServerEntries => cluster.IgnoredServerEntries;

    public Task<IReadOnlyList<ServerInfo>> GetServersAsync(CancellationToken cancellationToken) =>
        cluster.GetServersAsync(cancellationToken);

    public Task<ClusterCounts> GetCountsAsync(CancellationToken cancellationToken) => cluster.GetCountsAsync(cancellationToken);

    public Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take, CancellationToken cancellationToken) =>
        cluster.GetAccountsAsync(prefix, after, take, cancellationToken);

    public Task<AccountRange> GetAccountRangeAsync(string prefix, long offset, string? from, int take, CancellationToken cancellationToken) =>
        cluster.GetAccountRangeAsync(prefix, offset, from, take, cancellationToken);

    public Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account, int take, CancellationToken cancellationToken) =>
        cluster.GetConnectionsAsync(account, take, cancellationToken);

    public Task<SendResult> SendAsync(string account, string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken) =>
        cluster.SendAsync(account, eventName, args, WithReceipts, cancellationToken);

    public Task<SendResult> BroadcastAsync(string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken) =>
        cluster.BroadcastAsync(eventName, args, BroadcastWithReceipts, cancellationToken);

    public Task<SendResult> DisconnectAsync(string account, CancellationToken cancellationToken) =>
        cluster.DisconnectAsync(account, cancellationToken);

    public Task<SendResult> DisconnectAsync(string account, string connectionId, CancellationToken cancellationToken) =>
        cluster.DisconnectAsync(account, connectionId, cancellationToken);

    public Task<IReadOnlyList<ConnectionActivity>> GetActivityAsync(string account, CancellationToken cancellationToken) =>
        cluster.GetActivityAsync(account, cancellationToken);

    public Task<ServerRequestResult> DrainAsync(string serverId, CancellationToken cancellationToken) => cluster.DrainAsync(serverId, cancellationToken);

    public Task<ServerRequestResult> ResumeAsync(string serverId, CancellationToken cancellationToken) => cluster.ResumeAsync(serverId, cancellationToken);

    public Task AppendAuditAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) =>
        cluster.AppendAuditAsync(entries, cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> GetAuditAsync(int take, CancellationToken cancellationToken) => cluster.GetAuditAsync(take, cancellationToken);

    public Task<IReadOnlyList<ScalerError>> GetRecentErrorsAsync(int take, CancellationToken cancellationToken) =>
        cluster.GetRecentErrorsAsync(take, cancellationToken);

    public IAsyncEnumerable<ScalerError> WatchErrorsAsync(CancellationToken cancellationToken) => cluster.WatchErrorsAsync(cancellationToken);

    public Task<RegistryCheck> CheckRegistryAsync(CancellationToken cancellationToken) => cluster.CheckRegistryAsync(cancellationToken);

    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken) => cluster.PingAsync(cancellationToken);
}
