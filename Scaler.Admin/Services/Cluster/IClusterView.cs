namespace Scaler.Admin.Services.Cluster;

/// <summary>
/// Defines the cluster operations that the dashboard uses. <see cref="ScalerCluster"/> provides them; tests replace them without
/// Redis. Each call may throw <see cref="StackExchange.Redis.RedisException"/> or <see cref="TimeoutException"/> while Redis is
/// unavailable.
/// </summary>
public interface IClusterView
{
    /// <inheritdoc cref="ScalerCluster.IgnoredServerEntries"/>
    int IgnoredServerEntries { get; }

    /// <inheritdoc cref="ScalerCluster.GetServersAsync"/>
    Task<IReadOnlyList<ServerInfo>> GetServersAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.GetCountsAsync"/>
    Task<ClusterCounts> GetCountsAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.GetAccountsAsync"/>
    Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.GetAccountRangeAsync"/>
    Task<AccountRange> GetAccountRangeAsync(string prefix, long offset, string? from, int take, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.GetConnectionsAsync"/>
    Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account, int take, CancellationToken cancellationToken);

    /// <summary>Sends an event to all connections of an account and waits for each server's receipt.</summary>
    Task<SendResult> SendAsync(string account, string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken);

    /// <summary>Sends an event to all connections of all accounts and waits for each server's receipt.</summary>
    Task<SendResult> BroadcastAsync(string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.DisconnectAsync(string, CancellationToken)"/>
    Task<SendResult> DisconnectAsync(string account, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.DisconnectAsync(string, string, CancellationToken)"/>
    Task<SendResult> DisconnectAsync(string account, string connectionId, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.GetActivityAsync"/>
    Task<IReadOnlyList<ConnectionActivity>> GetActivityAsync(string account, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.DrainAsync"/>
    Task<ServerRequestResult> DrainAsync(string serverId, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.ResumeAsync"/>
    Task<ServerRequestResult> ResumeAsync(string serverId, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.AppendAuditAsync"/>
    Task AppendAuditAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.GetAuditAsync"/>
    Task<IReadOnlyList<AuditEntry>> GetAuditAsync(int take, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.GetRecentErrorsAsync"/>
    Task<IReadOnlyList<ScalerError>> GetRecentErrorsAsync(int take, CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.WatchErrorsAsync"/>
    IAsyncEnumerable<ScalerError> WatchErrorsAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.CheckRegistryAsync"/>
    Task<RegistryCheck> CheckRegistryAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="ScalerCluster.PingAsync"/>
    Task<TimeSpan> PingAsync(CancellationToken cancellationToken);
}
