using StackExchange.Redis;

namespace Scaler.Cluster.Abstractions;

/// <summary>
/// Stores the servers of the cluster and the connections that each server holds. Every method is idempotent, because after a
/// timeout the caller cannot know if the call took effect. Most calls take one round trip. All entries expire once no server
/// renews its lease. Reads never return a connection of a server whose lease has expired, by the registry's own clock.
/// </summary>
internal interface IServerRegistry
{
    /// <summary>Gets a value indicating whether the registry is reachable, as far as is known without a request.</summary>
    bool IsConnected { get; }

    /// <summary>Agrees on the secret that the servers share. The first proposal wins.</summary>
    /// <returns>The agreed secret.</returns>
    Task<string> ShareSecretAsync(string proposal);

    /// <summary>Renews the lease of a server, or acquires a new one. The answer lists all servers.</summary>
    /// <param name="server">The server's description of itself.</param>
    /// <param name="lease">The duration of the lease from now.</param>
    /// <param name="join">
    /// <see langword="true"/> to acquire a lease and end those of earlier epochs of the same server; <see langword="false"/> to
    /// renew a lease that has not expired.
    /// </param>
    Task<RenewalResult> RenewAsync(ServerInfo server, TimeSpan lease, bool join);

    /// <summary>Ends a lease immediately. Registrations and removals requested earlier are completed first.</summary>
    Task LeaveAsync(string holder);

    /// <summary>
    /// Gets all servers that hold a lease, and dead servers whose entries have not been removed yet. An entry that cannot be read
    /// does not prevent reading the others.
    /// </summary>
    Task<ServerList> GetServersAsync();

    /// <summary>
    /// Registers connections of a server epoch. Registrations and removals of one epoch take effect in call order, awaited or
    /// not.
    /// </summary>
    /// <param name="holder">The name of the server epoch that holds the connections.</param>
    /// <param name="entries">The connections.</param>
    /// <param name="limit">The maximum number of connections per account in the cluster; 0 means no limit.</param>
    /// <returns>
    /// <see langword="false"/> if the limit rejected a connection; the others are registered. Otherwise, <see langword="true"/>.
    /// </returns>
    /// <exception cref="RedisServerException">
    /// The server epoch has no lease, not even an expired one. Nothing is registered, because no server would reap the entries.
    /// </exception>
    Task<bool> RegisterAsync(string holder, IReadOnlyList<RegistryEntry> entries, int limit = 0);

    /// <summary>Removes connections of a server epoch.</summary>
    Task UnregisterAsync(string holder, IReadOnlyList<RegistryEntry> entries);

    /// <summary>Removes a bounded number of entries of a server epoch whose lease has expired.</summary>
    /// <returns>
    /// The number of remaining entries; 0 if the server epoch has been removed completely; negative if its lease is still
    /// running.
    /// </returns>
    Task<int> ReapAsync(string holder);

    /// <summary>Gets a page of the accounts that are connected to live servers.</summary>
    /// <param name="prefix">The prefix of the account names; empty for all accounts.</param>
    /// <param name="after">The account name after which the page begins, or <see langword="null"/> for the first page.</param>
    /// <param name="take">The maximum number of accounts to return.</param>
    Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take);

    /// <summary>
    /// Gets the accounts at consecutive positions of the account list. The cost is the same at every position. An account that
    /// only dead servers hold keeps its position, with 0 connections, until it is removed. Positions are therefore stable between
    /// calls.
    /// </summary>
    /// <param name="prefix">The prefix of the account names; empty for all accounts.</param>
    /// <param name="offset">The position of the first account, relative to <paramref name="from"/>.</param>
    /// <param name="from">
    /// The account name, connected or not, from which <paramref name="offset"/> counts; <see langword="null"/> for the start of
    /// the list.
    /// </param>
    /// <param name="take">The maximum number of accounts to return.</param>
    Task<AccountRange> GetAccountRangeAsync(string prefix, long offset, string? from, int take);

    /// <summary>Gets the connections of an account on live servers.</summary>
    /// <param name="account">The account name.</param>
    /// <param name="take">The maximum number of connections to return.</param>
    Task<IReadOnlyList<ScalerConnectionInfo>> GetConnectionsAsync(string account, int take);

    /// <summary>Gets the numbers of live servers, connected accounts and connections.</summary>
    Task<ClusterCounts> GetCountsAsync();

    /// <summary>Gets a page of the entries that a live or dead server epoch has registered, in a stable order.</summary>
    /// <param name="holder">The name of the server epoch.</param>
    /// <param name="after">The entry after which the page begins, or <see langword="null"/> for the first page.</param>
    /// <param name="take">The maximum number of entries to return.</param>
    Task<IReadOnlyList<RegistryEntry>> GetRegistrationsAsync(string holder, RegistryEntry? after, int take);
}
