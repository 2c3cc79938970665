namespace Scaler;

/// <summary>Extension methods that send events to all connections of the cluster from a <see cref="ScalerServer"/>.</summary>
public static class ScalerServerExtensions
{
    /// <summary>Sends an event without arguments to all connections of all accounts. Delivery is at most once.</summary>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    public static Task<SendResult> BroadcastAsync(
        this ScalerServer server, string eventName, CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName), default, cancellationToken);

    /// <summary>
    /// Sends an event without arguments to all connections of all accounts, with options. Delivery is at most once.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="options">The options that exclude a connection and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    public static Task<SendResult> BroadcastAsync(
        this ScalerServer server, string eventName, BroadcastOptions options, CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName), options, cancellationToken);

    /// <summary>Sends an event with one argument to all connections of all accounts. Delivery is at most once.</summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="argument">The argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync<T>(
        this ScalerServer server, string eventName, T argument, CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName, argument), default, cancellationToken);

    /// <summary>
    /// Sends an event with one argument to all connections of all accounts, with options. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="argument">The argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="options">The options that exclude a connection and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync<T>(
        this ScalerServer server, string eventName, T argument, BroadcastOptions options,
        CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName, argument), options, cancellationToken);

    /// <summary>Sends an event with two arguments to all connections of all accounts. Delivery is at most once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync<T1, T2>(
        this ScalerServer server, string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName, first, second), default,
            cancellationToken);

    /// <summary>
    /// Sends an event with two arguments to all connections of all accounts, with options. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="options">The options that exclude a connection and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync<T1, T2>(
        this ScalerServer server, string eventName, T1 first, T2 second, BroadcastOptions options,
        CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName, first, second), options,
            cancellationToken);

    /// <summary>Sends an event with three arguments to all connections of all accounts. Delivery is at most once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="server">The server.</param>
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
    public static Task<SendResult> BroadcastAsync<T1, T2, T3>(
        this ScalerServer server, string eventName, T1 first, T2 second, T3 third,
        CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName, first, second, third), default,
            cancellationToken);

    /// <summary>
    /// Sends an event with three arguments to all connections of all accounts, with options. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="third">The third argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="options">The options that exclude a connection and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync<T1, T2, T3>(
        this ScalerServer server, string eventName, T1 first, T2 second, T3 third, BroadcastOptions options,
        CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName, first, second, third), options,
            cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to all connections of all accounts. Delivery is at most once.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync(
        this ScalerServer server, string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName, args), default, cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to all connections of all accounts, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <param name="options">The options that exclude a connection and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync(
        this ScalerServer server, string eventName, IReadOnlyList<object?> args, BroadcastOptions options,
        CancellationToken cancellationToken = default) =>
        server.Cluster.BroadcastAsync(MessageWriter.Encode(server.Cluster.Json, eventName, args), options, cancellationToken);
}
