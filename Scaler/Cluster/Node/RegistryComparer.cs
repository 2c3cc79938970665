using Scaler.Cluster.Abstractions;

namespace Scaler.Cluster.Node;

/// <summary>Compares the connections that each server holds with those in the registry.</summary>
internal sealed class RegistryComparer(ClusterNode node)
{
    private const int PageSize = 500;

    public async Task<RegistryCheck> CompareAsync(CancellationToken cancellationToken)
    {
        var servers = await node.Servers.GetServersAsync().WaitAsync(cancellationToken);
        var live = servers.Where(static server => server.State != ServerState.Dead).ToList();
        var held = await node.RequestInventoryAsync([.. live.Select(static server => server.EpochName)], cancellationToken);
        var registered = new Dictionary<string, Receipt>(StringComparer.Ordinal);
        foreach (var server in live)
        {
            registered[server.EpochName] = await ReadInventoryAsync(server.EpochName, cancellationToken);
        }

        // Connections open and close while the registry is read. Query each server that differs once more.
        string[] different =
        [
            .. live.Select(static server => server.EpochName).Where(name => !(held.TryGetValue(name, out var before) && before == registered[name])),
        ];
        var later = different.Length == 0 ? held : await node.RequestInventoryAsync(different, cancellationToken);
        return new RegistryCheck([.. live.Select(server => Compare(server, registered[server.EpochName], Find(held, server), Find(later, server)))]);
    }

    private static Receipt? Find(IReadOnlyDictionary<string, Receipt> answers, ServerInfo server) =>
        answers.TryGetValue(server.EpochName, out var answer) ? answer : null;

    private static ServerCheck Compare(ServerInfo server, Receipt registered, Receipt? before, Receipt? after)
    {
        var isEqual = registered == before || registered == after;
        return new ServerCheck(server.Id, (after ?? before)?.Count, registered.Count, isEqual)
        {
            IsChanging = !isEqual && before is not null && after is not null && before != after,
        };
    }

    private async Task<Receipt> ReadInventoryAsync(string epochName, CancellationToken cancellationToken)
    {
        var (count, digest) = (0, 0UL);
        RegistryEntry? last = null;
        while (true)
        {
            var entries = await node.Registry.GetRegistrationsAsync(epochName, last, PageSize).WaitAsync(cancellationToken);
            foreach (var entry in entries)
            {
                count++;
                digest += RegistrationDigest.Compute(entry.Account, entry.ConnectionId);
            }

            if (entries.Count < PageSize)
            {
                return new Receipt(count, digest);
            }

            last = entries[^1];
        }
    }
}
