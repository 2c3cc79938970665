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

    /// <summary>
    /// Sends an event without arguments to the connections of the account on all servers. Delivery is at most once.
    /// </summary>
    /// <param name="eventName">The event name.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    public Task<SendResult> SendAsync(string eventName, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName), default, cancellationToken);

    /// <summary>
    /// Sends an event without arguments to the connections of the account on all servers, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <param name="eventName">The event name.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or the options have both an only and an excluded connection.
    /// </exception>
    public Task<SendResult> SendAsync(string eventName, SendOptions options, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName), options, cancellationToken);

    /// <summary>
    /// Sends an event with one argument to the connections of the account on all servers. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="argument">The argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync<T>(string eventName, T argument, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName, argument), default, cancellationToken);

    /// <summary>
    /// Sends an event with one argument to the connections of the account on all servers, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="argument">The argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options, or
    /// the options have both an only and an excluded connection.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync<T>(
        string eventName, T argument, SendOptions options, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName, argument), options, cancellationToken);

    /// <summary>
    /// Sends an event with two arguments to the connections of the account on all servers. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync<T1, T2>(
        string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName, first, second), default, cancellationToken);

    /// <summary>
    /// Sends an event with two arguments to the connections of the account on all servers, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options, or
    /// the options have both an only and an excluded connection.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync<T1, T2>(
        string eventName, T1 first, T2 second, SendOptions options, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName, first, second), options, cancellationToken);

    /// <summary>
    /// Sends an event with three arguments to the connections of the account on all servers. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="third">The third argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync<T1, T2, T3>(
        string eventName, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName, first, second, third), default, cancellationToken);

    /// <summary>
    /// Sends an event with three arguments to the connections of the account on all servers, with options. Delivery is at
    /// most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="third">The third argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options, or
    /// the options have both an only and an excluded connection.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync<T1, T2, T3>(
        string eventName, T1 first, T2 second, T3 third, SendOptions options, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName, first, second, third), options, cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to the connections of the account on all servers. Delivery is at most
    /// once.
    /// </summary>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync(
        string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName, args), default, cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to the connections of the account on all servers, with options. Delivery
    /// is at most once.
    /// </summary>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options, or
    /// the options have both an only and an excluded connection.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public Task<SendResult> SendAsync(
        string eventName, IReadOnlyList<object?> args, SendOptions options, CancellationToken cancellationToken = default) =>
        SendAsync(MessageWriter.Encode(_cluster.Json, eventName, args), options, cancellationToken);

    /// <summary>
    /// Sends a received message to connections of the account unchanged, without decoding and encoding it again.
    /// </summary>
    /// <param name="message">The message to send.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    public Task<SendResult> SendAsync(in ScalerMessage message, CancellationToken cancellationToken = default) =>
        _cluster.SendRawAsync(Name, message.Data, message.IsBinary, default, cancellationToken);

    /// <summary>
    /// Sends a received message to connections of the account unchanged, with options, without decoding and encoding it again.
    /// </summary>
    /// <param name="message">The message to send.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">The options have both an only and an excluded connection.</exception>
    public Task<SendResult> SendAsync(
        in ScalerMessage message, SendOptions options, CancellationToken cancellationToken = default) =>
        _cluster.SendRawAsync(Name, message.Data, message.IsBinary, options, cancellationToken);

    /// <summary>Closes all connections of the account, on all servers. Waits for receipts from the servers.</summary>
    /// <param name="cancellationToken">Cancels the wait for the result. The disconnect itself may still complete.</param>
    /// <returns>The number of connections closed, and the servers reached.</returns>
    public Task<SendResult> DisconnectAsync(CancellationToken cancellationToken = default) =>
        _cluster.DisconnectAsync(Name, cancellationToken);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private Task<SendResult> SendAsync(ReadOnlyMemory<byte> payload, SendOptions options, CancellationToken cancellationToken) =>
        _cluster.SendRawAsync(Name, payload, isBinary: false, options, cancellationToken);

    private async IAsyncEnumerable<ScalerConnectionInfo> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var connection in await _cluster.GetConnectionsAsync(Name, 10_000, cancellationToken))
        {
            yield return connection;
        }
    }
}
