using Scaler.Cluster.Node;

namespace Scaler;

/// <content>Reads the registry and compares it with the connections that the servers hold.</content>
public sealed partial class ScalerCluster
{
    /// <summary>
    /// Gets the number of server entries in Redis that the last <see cref="GetServersAsync"/> of this process ignored, because no
    /// server of this cluster signed them within the last minute.
    /// </summary>
    public int IgnoredServerEntries => Node.Servers.IgnoredCount;

    /// <summary>
    /// Gets the servers that hold a lease and those whose lease has just ended, ordered by id. Entries that no server of this
    /// cluster signed are ignored; see <see cref="IgnoredServerEntries"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The servers.</returns>
    /// <exception cref="StackExchange.Redis.RedisException">Redis could not be read.</exception>
    public async Task<IReadOnlyList<ServerInfo>> GetServersAsync(CancellationToken cancellationToken = default) =>
        await Node.Servers.GetServersAsync().WaitAsync(cancellationToken);

    /// <summary>Gets the number of live servers, connected accounts and connections.</summary>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="StackExchange.Redis.RedisException">Redis could not be read.</exception>
    public Task<ClusterCounts> GetCountsAsync(CancellationToken cancellationToken = default) =>
        Node.Registry.GetCountsAsync().WaitAsync(cancellationToken);

    /// <summary>Gets one page of the connected accounts, ordered by the UTF-8 bytes of their names.</summary>
    /// <param name="prefix">The prefix of the account names; empty for all accounts.</param>
    /// <param name="after">The last account of the previous page, or <see langword="null"/> for the first page.</param>
    /// <param name="take">The maximum number of accounts, from 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The page.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="take"/> is less than 1 or greater than 1,000.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis could not be read.</exception>
    public Task<AccountPage> GetAccountsAsync(
        string prefix = "", string? after = null, int take = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1000);
        return Node.Registry.GetAccountsAsync(prefix, after, take).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Gets connected accounts by position, ordered by the UTF-8 bytes of their names, for scrollable lists. The cost does not
    /// depend on the position. An account whose server has just died keeps its position, with 0 connections, until it is
    /// removed after some seconds.
    /// </summary>
    /// <param name="prefix">The prefix of the account names; empty for all accounts. Positions count only these accounts.</param>
    /// <param name="offset">
    /// The position of the first account, relative to <paramref name="from"/>. A negative value selects accounts before it.
    /// </param>
    /// <param name="from">
    /// The account that <paramref name="offset"/> counts from, connected or not; <see langword="null"/> counts from the first
    /// account.
    /// </param>
    /// <param name="take">The maximum number of accounts, from 1 to 500.</param>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The accounts, the position of the first one, and the total number of accounts.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="take"/> is less than 1 or greater than 500.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis could not be read.</exception>
    public Task<AccountRange> GetAccountRangeAsync(
        string prefix = "", long offset = 0, string? from = null, int take = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 500);
        return Node.Registry.GetAccountRangeAsync(prefix, offset, from, take).WaitAsync(cancellationToken);
    }

    /// <summary>Gets the connections of an account on all servers.</summary>
    /// <param name="account">The account name.</param>
    /// <param name="take">The maximum number of connections, from 1 to 10,000.</param>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>The connections.</returns>
    /// <exception cref="ArgumentException"><paramref name="account"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="take"/> is less than 1 or greater than 10,000.</exception>
    /// <exception cref="StackExchange.Redis.RedisException">Redis could not be read.</exception>
    public Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(
        string account, int take = 1000, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 10_000);
        return Node.Registry.GetConnectionsAsync(account, take).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Compares the connections that each server holds with the registry. The method queries every server and reads the whole
    /// registry page by page. Use it for diagnostics and tests, not for frequent polling.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait for the result.</param>
    /// <returns>One result per server that holds a lease.</returns>
    /// <exception cref="StackExchange.Redis.RedisException">Redis could not be read.</exception>
    public async Task<RegistryCheck> CheckRegistryAsync(CancellationToken cancellationToken = default)
    {
        await _readiness.WaitAsync(receipts: true);
        return await new RegistryComparer(Node).CompareAsync(cancellationToken);
    }
}
