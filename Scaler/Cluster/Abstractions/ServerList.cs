using System.Collections.ObjectModel;

namespace Scaler.Cluster.Abstractions;

/// <summary>
/// Represents the servers in the registry: those that hold a lease, and dead servers whose entries have not been removed yet.
/// The registry does not verify who wrote an entry.
/// </summary>
internal sealed class ServerList(IList<ServerInfo> servers) : ReadOnlyCollection<ServerInfo>(servers)
{
    /// <summary>Gets the names of the server epochs whose entry cannot be read.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>Gets the names of the server epochs without a lease. Their entries have to be removed.</summary>
    public IReadOnlyList<string> Expired { get; init; } = [];

    /// <summary>Gets the time of the registry's clock, in microseconds.</summary>
    public long ClockMicroseconds { get; init; }
}
