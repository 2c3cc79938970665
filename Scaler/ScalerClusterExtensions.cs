namespace Scaler;

/// <summary>Extension methods that send events to connections of the cluster from a <see cref="ScalerCluster"/>.</summary>
public static class ScalerClusterExtensions
{
    /// <summary>
    /// Sends an event without arguments to the connections of an account on all servers. Delivery is at most once.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    public static Task<SendResult> SendAsync(
        this ScalerCluster cluster, string account, string eventName, CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName), false, default, cancellationToken);

    /// <summary>
    /// Sends an event without arguments to the connections of an account on all servers, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="options">The options that select connections and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or the options have both an only and an excluded connection.
    /// </exception>
    public static Task<SendResult> SendAsync(
        this ScalerCluster cluster, string account, string eventName, SendOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName), false, options, cancellationToken);

    /// <summary>
    /// Sends an event with one argument to the connections of an account on all servers. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="argument">The argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> SendAsync<T>(
        this ScalerCluster cluster, string account, string eventName, T argument,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName, argument), false, default, cancellationToken);

    /// <summary>
    /// Sends an event with one argument to the connections of an account on all servers, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
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
    public static Task<SendResult> SendAsync<T>(
        this ScalerCluster cluster, string account, string eventName, T argument, SendOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName, argument), false, options, cancellationToken);

    /// <summary>
    /// Sends an event with two arguments to the connections of an account on all servers. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> SendAsync<T1, T2>(
        this ScalerCluster cluster, string account, string eventName, T1 first, T2 second,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName, first, second), false, default,
            cancellationToken);

    /// <summary>
    /// Sends an event with two arguments to the connections of an account on all servers, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
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
    public static Task<SendResult> SendAsync<T1, T2>(
        this ScalerCluster cluster, string account, string eventName, T1 first, T2 second, SendOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName, first, second), false, options,
            cancellationToken);

    /// <summary>
    /// Sends an event with three arguments to the connections of an account on all servers. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
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
    public static Task<SendResult> SendAsync<T1, T2, T3>(
        this ScalerCluster cluster, string account, string eventName, T1 first, T2 second, T3 third,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName, first, second, third), false, default,
            cancellationToken);

    /// <summary>
    /// Sends an event with three arguments to the connections of an account on all servers, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
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
    public static Task<SendResult> SendAsync<T1, T2, T3>(
        this ScalerCluster cluster, string account, string eventName, T1 first, T2 second, T3 third, SendOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName, first, second, third), false, options,
            cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to the connections of an account on all servers. Delivery is at most once.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> SendAsync(
        this ScalerCluster cluster, string account, string eventName, IReadOnlyList<object?> args,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName, args), false, default, cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to the connections of an account on all servers, with options. Delivery is
    /// at most once.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="account">The account name.</param>
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
    public static Task<SendResult> SendAsync(
        this ScalerCluster cluster, string account, string eventName, IReadOnlyList<object?> args, SendOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.SendRawAsync(account, MessageWriter.Encode(cluster.Json, eventName, args), false, options, cancellationToken);

    /// <summary>Sends an event without arguments to all connections of all accounts. Delivery is at most once.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    public static Task<SendResult> BroadcastAsync(
        this ScalerCluster cluster, string eventName, CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName), default, cancellationToken);

    /// <summary>
    /// Sends an event without arguments to all connections of all accounts, with options. Delivery is at most once.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="options">The options that exclude a connection and enable receipts.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    public static Task<SendResult> BroadcastAsync(
        this ScalerCluster cluster, string eventName, BroadcastOptions options, CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName), options, cancellationToken);

    /// <summary>Sends an event with one argument to all connections of all accounts. Delivery is at most once.</summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="argument">The argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync<T>(
        this ScalerCluster cluster, string eventName, T argument, CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName, argument), default, cancellationToken);

    /// <summary>
    /// Sends an event with one argument to all connections of all accounts, with options. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
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
        this ScalerCluster cluster, string eventName, T argument, BroadcastOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName, argument), options, cancellationToken);

    /// <summary>Sends an event with two arguments to all connections of all accounts. Delivery is at most once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
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
        this ScalerCluster cluster, string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName, first, second), default, cancellationToken);

    /// <summary>
    /// Sends an event with two arguments to all connections of all accounts, with options. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
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
        this ScalerCluster cluster, string eventName, T1 first, T2 second, BroadcastOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName, first, second), options, cancellationToken);

    /// <summary>Sends an event with three arguments to all connections of all accounts. Delivery is at most once.</summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
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
        this ScalerCluster cluster, string eventName, T1 first, T2 second, T3 third,
        CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName, first, second, third), default, cancellationToken);

    /// <summary>
    /// Sends an event with three arguments to all connections of all accounts, with options. Delivery is at most once.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="cluster">The cluster.</param>
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
        this ScalerCluster cluster, string eventName, T1 first, T2 second, T3 third, BroadcastOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName, first, second, third), options, cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to all connections of all accounts. Delivery is at most once.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <param name="cancellationToken">Cancels the wait for the result. The send itself may still complete.</param>
    /// <returns>The connections and servers that the send reached.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public static Task<SendResult> BroadcastAsync(
        this ScalerCluster cluster, string eventName, IReadOnlyList<object?> args,
        CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName, args), default, cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to all connections of all accounts, with options. Delivery is at most
    /// once.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
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
        this ScalerCluster cluster, string eventName, IReadOnlyList<object?> args, BroadcastOptions options,
        CancellationToken cancellationToken = default) =>
        cluster.BroadcastAsync(MessageWriter.Encode(cluster.Json, eventName, args), options, cancellationToken);
}
