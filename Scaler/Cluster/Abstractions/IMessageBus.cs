namespace Scaler.Cluster.Abstractions;

/// <summary>
/// Sends envelopes between servers. Delivery is at most once. Envelopes from one sender to one server arrive in the order in
/// which they were sent. A send takes one round trip to Redis, or two if the account has just appeared on another server.
/// </summary>
internal interface IMessageBus
{
    /// <summary>Sends an envelope to every other server that holds a connection of the account.</summary>
    /// <param name="account">The account name.</param>
    /// <param name="sender">
    /// The name of the sending server epoch. It is skipped, because the sender serves its own connections directly.
    /// </param>
    /// <param name="envelope">The envelope. It must not change until the task completes.</param>
    /// <returns>The result for each server epoch that holds a connection of the account.</returns>
    Task<IReadOnlyList<DeliveryResult>> SendToAccountAsync(string account, string sender, ReadOnlyMemory<byte> envelope);

    /// <summary>Sends an envelope to every other live server.</summary>
    /// <param name="sender">The name of the sending server epoch, which is skipped.</param>
    /// <param name="envelope">The envelope. It must not change until the task completes.</param>
    /// <returns>The result for each server epoch.</returns>
    Task<IReadOnlyList<DeliveryResult>> BroadcastAsync(string sender, ReadOnlyMemory<byte> envelope);

    /// <summary>Sends an envelope to one server epoch.</summary>
    /// <param name="holder">The name of the receiving server epoch.</param>
    /// <param name="envelope">The envelope. It must not change until the task completes.</param>
    /// <returns>
    /// <see langword="true"/> if a subscriber received the envelope, as far as is known; otherwise, <see langword="false"/>.
    /// </returns>
    Task<bool> SendToServerAsync(string holder, ReadOnlyMemory<byte> envelope);

    /// <summary>
    /// Subscribes to the envelopes sent to a server epoch. The subscription is active when the task completes. Dispose the result
    /// to unsubscribe.
    /// </summary>
    /// <param name="holder">The name of the receiving server epoch.</param>
    /// <param name="receive">
    /// The callback for each envelope. Envelopes are passed one at a time; the callback must not block.
    /// </param>
    /// <param name="reconnect">
    /// <see langword="true"/> to subscribe over a new connection, because the current one no longer delivers; otherwise,
    /// <see langword="false"/>.
    /// </param>
    Task<IAsyncDisposable> SubscribeAsync(string holder, Action<ReadOnlyMemory<byte>> receive, bool reconnect = false);
}
