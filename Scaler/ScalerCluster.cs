using StackExchange.Redis;

namespace Scaler;

/// <summary>The cluster as seen from outside of its servers: who is connected where, what goes wrong, and a way to reach accounts.</summary>
public sealed class ScalerCluster : IAsyncDisposable
{
    /// <summary>Every server that has a lease, and those whose lease has just ended, ordered by id.</summary>
    public Task<IReadOnlyList<ServerInfo>> GetServersAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>How much is connected.</summary>
    public Task<ClusterCounts> GetCountsAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>A page of the connected accounts.</summary>
    public Task<AccountPage> GetAccountsAsync(string prefix = "", string? after = null, int take = 100, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>The connections of an account, on all servers.</summary>
    public Task<IReadOnlyList<ConnectionInfo>> GetConnectionsAsync(string account, int take = 1000, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Sends an event to all connections of an account.</summary>
    public Task<SendResult> SendAsync(string account, string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Sends an event to all connections of all accounts.</summary>
    public Task<SendResult> BroadcastAsync(string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Closes all connections of an account.</summary>
    public Task<SendResult> DisconnectAsync(string account, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Closes one connection of an account.</summary>
    public Task<SendResult> DisconnectAsync(string account, string connectionId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>The last error events, newest first: at most the 1,000 that the cluster keeps.</summary>
    public Task<IReadOnlyList<ScalerError>> GetRecentErrorsAsync(int take = 1000, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Error events as they are raised, from now on.</summary>
    public IAsyncEnumerable<ScalerError> WatchErrorsAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>The time that Redis takes to answer. Throws <see cref="RedisException"/> when it does not.</summary>
    public Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
