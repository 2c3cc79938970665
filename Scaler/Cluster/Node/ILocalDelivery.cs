using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Wire;

namespace Scaler.Cluster.Node;

/// <summary>Provides the cluster with access to the connections of this process. No method waits for a client.</summary>
internal interface ILocalDelivery
{
    int ConnectionCount { get; }

    /// <summary>Queues a payload for the account's connections.</summary>
    /// <param name="target">The addressed connections.</param>
    /// <param name="payload">The payload. It is copied before the method returns.</param>
    /// <param name="flags">The flags of the message: binary, volatile. Others are ignored.</param>
    /// <returns>The number of connections whose queue accepted the payload.</returns>
    int Deliver(in DeliveryTarget target, ReadOnlySpan<byte> payload, EnvelopeFlags flags);

    /// <summary>Closes connections.</summary>
    /// <returns>The number of connections closed.</returns>
    int Disconnect(in DeliveryTarget target);

    /// <summary>Gets the number of connections and their digest (<see cref="RegistrationDigest"/>).</summary>
    Receipt GetInventory();

    /// <summary>Gets the current state of an account's connections.</summary>
    /// <param name="account">The account name.</param>
    /// <param name="most">The maximum number of connections to return.</param>
    IReadOnlyList<ConnectionActivity> GetActivity(string account, int most);
}
