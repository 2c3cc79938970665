using StackExchange.Redis;

namespace Scaler.Cluster;

/// <summary>
/// Who is where. Every method is one round trip, and safe to do again: after a time-out the caller cannot know whether it was
/// done. Whatever is written expires by itself when no server renews its lease any more. Reads never return a connection of a
/// server whose lease is gone, by the registry's own clock.
/// </summary>
internal interface IServerRegistry
{
    /// <summary>Whether the registry can be asked now, as far as is known without asking.</summary>
    bool IsConnected { get; }

    /// <summary>Agrees on the secret that the servers share: the first proposal stands, everybody is told it.</summary>
    Task<string> ShareSecretAsync(string proposal);

    /// <summary>Renews the lease of a server, or takes a new one; tells who else there is.</summary>
    /// <param name="server">What the server says of itself.</param>
    /// <param name="lease">How long the lease is to run from now.</param>
    /// <param name="join">True takes a lease, and ends those of former lives of the same server. False renews one that has not ended.</param>
    Task<LeaseAnswer> RenewAsync(ServerInfo server, TimeSpan lease, bool join);

    /// <summary>Ends a lease at once, after what was registered and removed before.</summary>
    Task LeaveAsync(string holder);

    /// <summary>Every server that has a lease, and those whose entries are not removed yet.</summary>
    Task<IReadOnlyList<ServerInfo>> GetServersAsync();

    /// <summary>Registers connections of a holder. What is registered and removed of one holder is so in the order given, awaited or not.</summary>
    /// <param name="holder">Who holds them.</param>
    /// <param name="entries">The connections.</param>
    /// <param name="limit">How many an account may have in the whole cluster; 0 means any number.</param>
    /// <returns>False where an account had as many as are allowed: then that connection is not registered, but the others are.</returns>
    /// <exception cref="RedisServerException">The holder has no lease, not even one that has ended: nothing is registered, for nobody would reap it.</exception>
    Task<bool> RegisterAsync(string holder, IReadOnlyList<RegistryEntry> entries, int limit = 0);

    /// <summary>Removes connections of a holder.</summary>
    Task UnregisterAsync(string holder, IReadOnlyList<RegistryEntry> entries);

    /// <summary>Removes a bounded number of entries of a holder whose lease is gone.</summary>
    /// <returns>How many are left, 0 when the holder is forgotten; negative when it lives.</returns>
    Task<int> ReapAsync(string holder);

    /// <summary>A page of the accounts that live servers hold.</summary>
    Task<AccountPage> GetAccountsAsync(string prefix, string? after, int take);

    /// <summary>
    /// The accounts from a position on, among those that begin with a prefix; counted from an account, connected or not, where one is given.
    /// It costs the same at every position. For positions to mean something, an account that only dead servers hold keeps its own until
    /// it is removed: without a connection.
    /// </summary>
    Task<AccountRange> GetAccountRangeAsync(string prefix, long offset, string? from, int take);

    /// <summary>The connections of an account on live servers.</summary>
    Task<IReadOnlyList<ConnectionInfo>> GetConnectionsAsync(string account, int take);

    /// <summary>How much is connected.</summary>
    Task<ClusterCounts> GetCountsAsync();

    /// <summary>A page of what a holder has registered, alive or not, in a stable order: the entries after the given one.</summary>
    Task<IReadOnlyList<RegistryEntry>> GetHoldingsAsync(string holder, RegistryEntry? after, int take);
}
