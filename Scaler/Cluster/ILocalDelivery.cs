namespace Scaler.Cluster;

/// <summary>The connections that this process holds itself, as the cluster reaches them. No method waits for a client.</summary>
internal interface ILocalDelivery
{
    /// <summary>Queues a payload for the account's connections.</summary>
    /// <param name="target">The connections meant.</param>
    /// <param name="payload">The payload; copied before the method returns.</param>
    /// <param name="isBinary">Whether it goes out as a binary message.</param>
    /// <returns>How many queues took it.</returns>
    int Deliver(in DeliveryTarget target, ReadOnlySpan<byte> payload, bool isBinary);

    /// <summary>Closes connections.</summary>
    /// <returns>How many there were.</returns>
    int Disconnect(in DeliveryTarget target);

    /// <summary>Tells what there is: how many connections, and their <see cref="HoldingsDigest"/>.</summary>
    Receipt TakeInventory();

    /// <summary>Tells how the connections of an account are at this moment.</summary>
    /// <param name="account">The account.</param>
    /// <param name="most">How many are told of at most.</param>
    IReadOnlyList<ConnectionActivity> TakeActivity(string account, int most);
}
