using System.Runtime.CompilerServices;

namespace Scaler;

/// <summary>Represents an account in the cluster. The account need not be connected.</summary>
public sealed class Account
{
    private readonly IAccountClient _cluster;

    internal Account(IAccountClient cluster, string name)
    {
        _cluster = cluster;
        Name = name;
    }

    /// <summary>Gets the account name, as clients send it in the query parameter <c>account</c> or in their token.</summary>
    public string Name { get; }

    /// <summary>
    /// Gets the connections on all servers. Each enumeration reads the registry and returns at most 10,000 connections.
    /// </summary>
    public IAsyncEnumerable<ScalerConnectionInfo> Connections => EnumerateAsync(default);

    /// <summary>Sends an event to all connections of the account, on all servers. Delivery is at most once.</summary>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync(string eventName, params IReadOnlyList<object?> args) =>
        _cluster.SendAsync(Name, eventName, args, default, default);

    /// <summary>Sends an event to connections of the account, with options. Delivery is at most once.</summary>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync(
        string eventName, IReadOnlyList<object?> args, SendOptions options, CancellationToken cancellationToken = default) =>
        _cluster.SendAsync(Name, eventName, args, options, cancellationToken);

    /// <summary>
    /// Sends a received message to connections of the account unchanged, without decoding and encoding it again.
    /// </summary>
    /// <param name="message">The message to send.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    public Task<SendResult> SendAsync(
        in ScalerMessage message, SendOptions options = default, CancellationToken cancellationToken = default) =>
        _cluster.SendRawAsync(Name, message.Data, message.IsBinary, options, cancellationToken);

    /// <summary>Closes all connections of the account, on all servers. Waits for receipts from the servers.</summary>
    /// <param name="cancellationToken">Cancels the wait for the result. The disconnect itself may still complete.</param>
    /// <returns>The number of connections closed, and the servers reached.</returns>
    public Task<SendResult> DisconnectAsync(CancellationToken cancellationToken = default) =>
        _cluster.DisconnectAsync(Name, cancellationToken);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private async IAsyncEnumerable<ScalerConnectionInfo> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var connection in await _cluster.GetConnectionsAsync(Name, 10_000, cancellationToken))
        {
            yield return connection;
        }
    }
}
