using Scaler.Cluster.Abstractions;
using Scaler.Cluster.Membership;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Represents a client connection on this server.</summary>
public sealed class ScalerConnection : IRegisteredConnection
{
    private readonly ScalerOptions _options;
    private int _slotOfAccount = -1;
    private int _slotOfServer = -1;

    internal ScalerConnection(EngineSession session, Account account, SessionIdentity identity, ScalerOptions options)
    {
        (Session, Account, Identity, _options) = (session, account, identity, options);
    }

    /// <summary>
    /// Gets the public id of the connection. Unlike the session id, it is not a secret and is safe to log and display.
    /// </summary>
    public string Id => Session.ConnectionId;

    /// <summary>Gets the account that the connection belongs to.</summary>
    public Account Account { get; }

    /// <summary>
    /// Gets the user that the connection is bound to, from the token or from the application's own authentication;
    /// <see langword="null"/> if the client is not authenticated.
    /// </summary>
    public string? User => Identity.User;

    /// <summary>
    /// Gets the data that the application associates with this connection: the <see cref="EngineSession.Items"/> of the session.
    /// The dictionary is thread-safe and is created on the first access.
    /// </summary>
    public IDictionary<object, object?> Items => Session.Items;

    /// <summary>Gets the Engine.IO session of the connection.</summary>
    public EngineSession Session { get; }

    internal SessionIdentity Identity { get; }

    /// <summary>
    /// Gets a reference to the index in the array of the account's connections on this server. Guarded by the lock of the
    /// account.
    /// </summary>
    internal ref int AccountSlot => ref _slotOfAccount;

    /// <summary>
    /// Gets a reference to the index in the array of all connections of this server. Guarded by the lock of that array.
    /// </summary>
    internal ref int ServerSlot => ref _slotOfServer;

    /// <summary>
    /// Gets or sets a value indicating whether the connection has ended. Set before the removal from the registry, so that a
    /// later retry does not register the connection again.
    /// </summary>
    internal bool HasEnded { get; set; }

    bool IRegisteredConnection.HasEnded => HasEnded;

    /// <summary>
    /// Sends an event without arguments to this connection. Waits while the send queue of the connection is full.
    /// </summary>
    /// <param name="eventName">The event name.</param>
    /// <param name="cancellationToken">Cancels the wait for space in the queue. A canceled message is not sent.</param>
    /// <returns>The outcome of the send.</returns>
    /// <exception cref="ArgumentException"><paramref name="eventName"/> is null or empty.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(string eventName, CancellationToken cancellationToken = default) =>
        Session.SendAsync(MessageWriter.Encode(_options.Json, eventName), cancellationToken: cancellationToken);

    /// <summary>
    /// Sends an event with one argument to this connection. Waits while the send queue of the connection is full.
    /// </summary>
    /// <typeparam name="T">The type of the argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="argument">The argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for space in the queue. A canceled message is not sent.</param>
    /// <returns>The outcome of the send.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public ValueTask<EngineSendOutcome> SendAsync<T>(
        string eventName, T argument, CancellationToken cancellationToken = default) =>
        Session.SendAsync(MessageWriter.Encode(_options.Json, eventName, argument), cancellationToken: cancellationToken);

    /// <summary>
    /// Sends an event with two arguments to this connection. Waits while the send queue of the connection is full.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for space in the queue. A canceled message is not sent.</param>
    /// <returns>The outcome of the send.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public ValueTask<EngineSendOutcome> SendAsync<T1, T2>(
        string eventName, T1 first, T2 second, CancellationToken cancellationToken = default) =>
        Session.SendAsync(MessageWriter.Encode(_options.Json, eventName, first, second), cancellationToken: cancellationToken);

    /// <summary>
    /// Sends an event with three arguments to this connection. Waits while the send queue of the connection is full.
    /// </summary>
    /// <typeparam name="T1">The type of the first argument.</typeparam>
    /// <typeparam name="T2">The type of the second argument.</typeparam>
    /// <typeparam name="T3">The type of the third argument.</typeparam>
    /// <param name="eventName">The event name.</param>
    /// <param name="first">The first argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="second">The second argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="third">The third argument, which is serialized as JSON. An array is one argument.</param>
    /// <param name="cancellationToken">Cancels the wait for space in the queue. A canceled message is not sent.</param>
    /// <returns>The outcome of the send.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public ValueTask<EngineSendOutcome> SendAsync<T1, T2, T3>(
        string eventName, T1 first, T2 second, T3 third, CancellationToken cancellationToken = default) =>
        Session.SendAsync(MessageWriter.Encode(_options.Json, eventName, first, second, third), cancellationToken: cancellationToken);

    /// <summary>
    /// Sends an event with any number of arguments to this connection. Waits while the send queue of the connection is full.
    /// </summary>
    /// <param name="eventName">The event name.</param>
    /// <param name="args">The arguments of the event; each is serialized as JSON.</param>
    /// <param name="cancellationToken">Cancels the wait for space in the queue. A canceled message is not sent.</param>
    /// <returns>The outcome of the send.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="eventName"/> is null or empty, or an argument is a parameter of the call, such as a token or options.
    /// </exception>
    /// <exception cref="NotSupportedException">An argument cannot be serialized as JSON.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(
        string eventName, IReadOnlyList<object?> args, CancellationToken cancellationToken = default) =>
        Session.SendAsync(MessageWriter.Encode(_options.Json, eventName, args), cancellationToken: cancellationToken);

    /// <summary>
    /// Sends a received message to this connection unchanged, without decoding and encoding it again. Waits while the send
    /// queue of the connection is full.
    /// </summary>
    /// <param name="message">The message to send.</param>
    /// <param name="cancellationToken">Cancels the wait for space in the queue.</param>
    /// <returns>The outcome of the send.</returns>
    public ValueTask<EngineSendOutcome> SendAsync(in ScalerMessage message, CancellationToken cancellationToken = default) =>
        Session.SendAsync(
            message.Data, message.IsBinary ? EngineMessageKind.Binary : EngineMessageKind.Text,
            cancellationToken: cancellationToken);

    /// <summary>Closes the connection.</summary>
    /// <returns>
    /// A task that completes when the connection has ended. If called while a handler of this connection runs, the task is
    /// already completed.
    /// </returns>
    public ValueTask CloseAsync() => Session.CloseAsync();

    /// <summary>Closes the connection with a reason. A WebSocket client receives the message in the close frame.</summary>
    /// <param name="reason">The reason, which determines the close code.</param>
    /// <param name="message">The message, at most 123 bytes as UTF-8 (RFC 6455 section 5.5).</param>
    /// <returns>
    /// A task that completes when the connection has ended. If called while a handler of this connection runs, the task is
    /// already completed.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="message"/> has more than 123 bytes as UTF-8.</exception>
    public ValueTask CloseAsync(EngineCloseReason reason, string message) => Session.CloseAsync(reason, message);

    /// <summary>Starts to close the connection without waiting for completion.</summary>
    internal void BeginClose(EngineCloseReason reason = EngineCloseReason.ServerClose) => _ = Session.CloseAsync(reason).AsTask();

    internal void BeginClose(EngineCloseReason reason, string message) => _ = Session.CloseAsync(reason, message).AsTask();

    RegistryEntry IRegisteredConnection.ToRegistryKey() => new(Account.Name, Id, default);

    RegistryEntry IRegisteredConnection.ToRegistryEntry()
    {
        var agent = Session.Handshake.GetHeader("User-Agent") ?? "";
        return new RegistryEntry(Account.Name, Id, new ConnectionMetadata
        {
            Transport = Session.Transport == EngineTransport.WebSocket ? "websocket" : "polling",
            ProtocolVersion = Session.ProtocolVersion,
            RemoteAddress = Session.Handshake.RemoteAddress?.ToString(),
            UserAgent = agent.Length == 0 ? null : agent.Length > 256 ? agent[..256] : agent,
            SinceUnixMilliseconds = Session.Handshake.Time.ToUnixTimeMilliseconds(),
        }.Write());
    }
}
