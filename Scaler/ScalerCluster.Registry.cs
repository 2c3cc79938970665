using Scaler.Cluster;

namespace Scaler;

/// <content>What the registry says of the cluster, and whether it is true.</content>
public sealed partial class ScalerCluster
{
    /// <summary>Every server that has a lease, and those whose lease has just ended, ordered by id.</summary>
    public Task<IReadOnlyList<ServerInfo>> GetServersAsync(CancellationToken cancellationToken = default) =>
        Link.Registry.GetServersAsync().WaitAsync(cancellationToken);

    /// <summary>How much is connected.</summary>
    public Task<ClusterCounts> GetCountsAsync(CancellationToken cancellationToken = default) =>
        Link.Registry.GetCountsAsync().WaitAsync(cancellationToken);

    /// <summary>A page of the connected accounts, in the order of their UTF-8 bytes.</summary>
    /// <param name="prefix">What their names begin with; empty for all.</param>
    /// <param name="after">The last account of the page before; null for the first page.</param>
    /// <param name="take">How many: 1 to 1,000.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public Task<AccountPage> GetAccountsAsync(
        string prefix = "", string? after = null, int take = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 1000);
        return Link.Registry.GetAccountsAsync(prefix, after, take).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// The accounts from a position on, in the order of their UTF-8 bytes: for lists that are scrolled. It costs the same at every position.
    /// An account whose server has just died keeps its position, without a connection, for the seconds until it is removed.
    /// </summary>
    /// <param name="prefix">What their names begin with; empty for all. Positions are counted among these.</param>
    /// <param name="offset">The position of the first, or how far it is behind <paramref name="from"/>; in front of it where negative.</param>
    /// <param name="from">The account that <paramref name="offset"/> counts from, connected or not; null counts from the first.</param>
    /// <param name="take">How many: 1 to 500.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public Task<AccountRange> GetAccountRangeAsync(
        string prefix = "", long offset = 0, string? from = null, int take = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 500);
        return Link.Registry.GetAccountRangeAsync(prefix, offset, from, take).WaitAsync(cancellationToken);
    }

    /// <summary>The connections of an account, on all servers.</summary>
    /// <param name="account">The account.</param>
    /// <param name="take">How many at most: 1 to 10,000.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public Task<IReadOnlyList<ConnectionInfo>> GetConnectionsAsync(string account, int take = 1000, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, 10_000);
        return Link.Registry.GetConnectionsAsync(account, take).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Compares what every server holds with what the registry says. It asks each server once and reads the registry page by page, so it
    /// is for an operator's question and for tests, not for each second.
    /// </summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<RegistryCheck> CheckRegistryAsync(CancellationToken cancellationToken = default)
    {
        await ReadyAsync(receipts: true);
        var live = (await GetServersAsync(cancellationToken)).Where(s => s.State != ServerState.Dead).ToList();
        var held = await Link.AskInventoryAsync([.. live.Select(s => s.Holder)], cancellationToken);
        var registered = new Dictionary<string, Receipt>(StringComparer.Ordinal);
        foreach (var server in live)
        {
            registered[server.Holder] = await ReadInventoryAsync(server.Holder, cancellationToken);
        }

        // Reading takes a while, and clients come and go meanwhile: one that differs is asked once more.
        string[] different = [.. live.Select(s => s.Holder).Where(h => !(held.TryGetValue(h, out var before) && before == registered[h]))];
        var later = different.Length == 0 ? held : await Link.AskInventoryAsync(different, cancellationToken);
        return new RegistryCheck([.. live.Select(s => Compare(s, registered[s.Holder], Find(held, s), Find(later, s)))]);

        static Receipt? Find(IReadOnlyDictionary<string, Receipt> answers, ServerInfo server) =>
            answers.TryGetValue(server.Holder, out var answer) ? answer : null;

        static ServerCheck Compare(ServerInfo server, Receipt registered, Receipt? before, Receipt? after)
        {
            var isEqual = registered == before || registered == after;
            return new ServerCheck(server.Id, (after ?? before)?.Count, registered.Count, isEqual)
            {
                IsChanging = !isEqual && before is not null && after is not null && before != after,
            };
        }
    }

    private async Task<Receipt> ReadInventoryAsync(string holder, CancellationToken cancellationToken)
    {
        const int Page = 500;
        var (count, digest) = (0, 0UL);
        RegistryEntry? last = null;
        while (true)
        {
            var entries = await Link.Registry.GetHoldingsAsync(holder, last, Page).WaitAsync(cancellationToken);
            foreach (var entry in entries)
            {
                count++;
                digest += HoldingsDigest.Of(entry.Account, entry.ConnectionId);
            }

            if (entries.Count < Page)
            {
                return new Receipt(count, digest);
            }

            last = entries[^1];
        }
    }
}
