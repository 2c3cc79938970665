using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>Executes the operations of the cluster on this process, which may hold no connections.</summary>
/// <param name="connections">The connections, or <see langword="null"/> if this process holds none.</param>
/// <param name="drain">The drain state, or <see langword="null"/> if this process cannot drain.</param>
/// <param name="metrics">The metrics that count delivered messages.</param>
internal sealed class LocalServer(ILocalDelivery? connections, DrainState? drain, ScalerMetrics metrics)
{
    /// <summary>The maximum number of connections in one reply.</summary>
    private const int MaxActivity = 1000;

    /// <summary>Gets a value indicating whether this process holds connections.</summary>
    public bool HoldsConnections => connections is not null;

    public int Deliver(in DeliveryTarget target, ReadOnlySpan<byte> payload, EnvelopeFlags flags)
    {
        var count = connections?.Deliver(target, payload, flags) ?? 0;
        metrics.MessagesDelivered(count);
        return count;
    }

    public int Disconnect(in DeliveryTarget target) => connections?.Disconnect(target) ?? 0;

    public Receipt GetInventory() => connections?.GetInventory() ?? default;

    public IReadOnlyList<ConnectionActivity> GetActivity(string account) => connections?.GetActivity(account, MaxActivity) ?? [];

    /// <summary>Starts or ends the drain.</summary>
    /// <returns>The number of connections, or <see cref="Receipt.Refused"/>.</returns>
    public Receipt SetDraining(bool isDraining) =>
        connections is not null && drain?.TrySet(isDraining) == true ? new Receipt(connections.ConnectionCount) : Receipt.Refused;
}
