using System.Collections.Concurrent;
using System.Text;
using Scaler.EngineIO.Buffers;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Queues;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO;

/// <summary>Represents the connection of one client, across the transports that it uses. All members are thread-safe.</summary>
/// <remarks>
/// The session consists of parts that share the lock of its <see cref="SessionLifecycle"/>. A WebSocket calls the session;
/// polling requests call its <see cref="PollingExchange"/>.
/// </remarks>
public sealed class EngineSession
{
    // The limit of a close frame's text (RFC 6455 section 5.5).
    private const int MaxCloseMessage = 123;

    private readonly SessionLifecycle _lifecycle;
    private ConcurrentDictionary<object, object?>? _items;

    internal EngineSession(EngineRuntime runtime, string id, string connectionId, int protocolVersion, bool base64Only,
        EngineTransport transport, EngineHandshake handshake)
    {
        Id = id;
        ConnectionId = connectionId;
        ProtocolVersion = protocolVersion;
        Base64Only = base64Only;
        Handshake = handshake;
        _lifecycle = new SessionLifecycle(this, runtime, transport);
        SendQueue = new SendQueue(_lifecycle);
        HeartbeatMonitor = new HeartbeatMonitor(_lifecycle, SendQueue);
        MessagePump = new MessagePump(_lifecycle, SendQueue);
        Polling = transport == EngineTransport.Polling ? new PollingExchange(_lifecycle, SendQueue, MessagePump) : null;
    }

    /// <summary>
    /// Gets the protocol's session id (<c>sid</c>). It is a secret that allows impersonating the client: never log, store or show
    /// it.
    /// </summary>
    public string Id { get; }

    /// <summary>Gets the public id of this connection, which is safe to log, store and show.</summary>
    public string ConnectionId { get; }

    /// <summary>Gets the protocol version that the client requested in the handshake: 4 or 3.</summary>
    public int ProtocolVersion { get; }

    /// <summary>Gets the transport in use.</summary>
    public EngineTransport Transport => _lifecycle.Transport;

    /// <summary>Gets information about the handshake request.</summary>
    public EngineHandshake Handshake { get; }

    /// <summary>Gets the lifecycle state of the session.</summary>
    public EngineSessionState State => SendQueue.HasOverflowed && _lifecycle.State < EngineSessionState.Closing
        ? EngineSessionState.Closing
        : _lifecycle.State;

    /// <summary>
    /// Gets the number of bytes that are not sent yet. Each packet counts as its length plus 64 bytes of overhead.
    /// </summary>
    public int QueuedBytes => SendQueue.Bytes;

    /// <summary>Gets the number of queued packets.</summary>
    public int QueuedPackets => SendQueue.Count;

    /// <summary>
    /// Gets a value indicating whether a message that is sent now is written immediately: the WebSocket is idle, or a poll
    /// request is held. If not, a <see cref="EngineSendFlags.Volatile"/> message is dropped. The value may change at any time.
    /// </summary>
    public bool IsWritable => SendQueue.IsWritable;

    /// <summary>Gets the time of the client's last heartbeat, or of the handshake if there was none.</summary>
    public DateTimeOffset LastSeen => HeartbeatMonitor.LastSeen;

    /// <summary>Gets a token that is canceled when the session ends.</summary>
    public CancellationToken ClosedToken => _lifecycle.ClosedToken;

    /// <summary>
    /// Gets the data that the application associates with this session, in a thread-safe dictionary. The library does not use it.
    /// The dictionary is created on the first access, and holds the items of <see cref="EngineAuthorization.AllowWith"/>.
    /// </summary>
    public IDictionary<object, object?> Items => LazyInitializer.EnsureInitialized(
        ref _items, static () => new ConcurrentDictionary<object, object?>());

    /// <summary>Occurs when the session has been upgraded from polling to WebSocket.</summary>
    public event Action<EngineSession>? Upgraded;

    /// <summary>
    /// Occurs at each heartbeat of the client: a pong in protocol 4, a ping in protocol 3. Handlers must not block.
    /// </summary>
    public event Action<EngineSession>? Heartbeat;

    /// <summary>Occurs once, when the session has ended, before <see cref="IEngineHandler.OnClosedAsync"/> is called.</summary>
    public event Action<EngineSession, EngineCloseReason>? Closed;

    /// <summary>
    /// Gets a value indicating whether a v3 client requested base64 in the handshake, because it cannot receive binary data.
    /// </summary>
    internal bool Base64Only { get; }

    /// <summary>Gets the state of the library on top of this one. The handshake sets it.</summary>
    internal object? Owner { get; private set; }

    internal EngineRuntime Runtime => _lifecycle.Runtime;

    internal SendQueue SendQueue { get; }

    internal HeartbeatMonitor HeartbeatMonitor { get; }

    internal MessagePump MessagePump { get; }

    /// <summary>Gets the polling requests of the session, or <see langword="null"/> if it started with a WebSocket.</summary>
    internal PollingExchange? Polling { get; }

    /// <summary>Gets the reason and message of the close, once the session has ended.</summary>
    internal (EngineCloseReason Reason, string? Message) CloseResult => (_lifecycle.CloseReason, _lifecycle.CloseMessage);

    /// <summary>Gets a value indicating whether a poll is held.</summary>
    internal bool HasHeldPoll => Polling?.HeldPoll is not null;

    /// <summary>Gets a value indicating whether the body of a POST is being read.</summary>
    internal bool IsReadingPost => Polling?.Posts.IsReadingBody == true;

    /// <summary>
    /// Gets a value indicating whether an upgrade to WebSocket is in progress. It is read under the lock, so a caller that reads
    /// <see langword="false"/> after an upgrade sees its result.
    /// </summary>
    internal bool IsUpgrading
    {
        get
        {
            lock (_lifecycle.Gate)
            {
                return Polling?.Upgrades?.IsActive == true;
            }
        }
    }

    private SessionSender Sender => new(_lifecycle, SendQueue);

    /// <summary>
    /// Sends a message. The task completes when the message is queued, which is immediate while the queue has space. If the queue
    /// is full, the call waits until the client has received enough data. If that takes longer than
    /// <see cref="EngineIOOptions.SlowConsumerTimeout"/>, the session is closed with
    /// <see cref="EngineCloseReason.SlowConsumer"/>.
    /// </summary>
    /// <param name="data">The message bytes; valid UTF-8 for text. The bytes are copied before the call returns.</param>
    /// <param name="kind">The kind of the message.</param>
    /// <param name="flags">The options for sending.</param>
    /// <param name="cancellationToken">A token to cancel the wait for space. A canceled message is not sent.</param>
    /// <returns>The result of the send.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(
        ReadOnlyMemory<byte> data, EngineMessageKind kind = EngineMessageKind.Text, EngineSendFlags flags = EngineSendFlags.None,
        CancellationToken cancellationToken = default) =>
        Sender.SendAsync(data.Span, kind, flags, cancellationToken);

    /// <summary>
    /// Sends a text message like
    /// <see cref="SendAsync(ReadOnlyMemory{byte}, EngineMessageKind, EngineSendFlags, CancellationToken)"/>.
    /// </summary>
    /// <param name="text">The message.</param>
    /// <param name="flags">The options for sending.</param>
    /// <param name="cancellationToken">A token to cancel the wait for space. A canceled message is not sent.</param>
    /// <returns>The result of the send.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(
        string text, EngineSendFlags flags = EngineSendFlags.None, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Sender.SendAsync(text, flags, cancellationToken);
    }

    /// <summary>
    /// Sends a group of messages, all or none, like
    /// <see cref="SendAsync(ReadOnlyMemory{byte}, EngineMessageKind, EngineSendFlags, CancellationToken)"/>. The client receives
    /// them one after another, without other messages between them, over both transports and during an upgrade. A poll response
    /// contains the whole group if it fits into <see cref="EngineIOOptions.MaxPayload"/>; otherwise, consecutive responses do. If
    /// the session ends before the group is passed to the transport, the client receives no message of it. If it ends while the
    /// group is being written, the client may receive the first messages.
    /// </summary>
    /// <param name="messages">The messages, in order. Their bytes are copied before the call returns.</param>
    /// <param name="flags">The options for sending. They apply to all messages.</param>
    /// <param name="cancellationToken">A token to cancel the wait for space. A canceled group is not sent.</param>
    /// <returns>The result of the send, for the whole group.</returns>
    /// <exception cref="ArgumentException">
    /// The group has several messages, and exceeds <see cref="EngineIOOptions.MaxQueuedPackets"/> or
    /// <see cref="EngineIOOptions.MaxQueuedBytes"/> by itself.
    /// </exception>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public ValueTask<EngineSendOutcome> SendAsync(
        ReadOnlySpan<EngineMessage> messages, EngineSendFlags flags = EngineSendFlags.None,
        CancellationToken cancellationToken = default) =>
        Sender.SendAsync(messages, flags, cancellationToken);

    /// <summary>
    /// Queues a message that is encoded once for many sessions, without waiting. If the queue is full, the session accepts no
    /// more messages and is closed asynchronously with <see cref="EngineCloseReason.SlowConsumer"/>. A volatile message is
    /// dropped instead.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="flags">The options for sending.</param>
    /// <returns>The result of the send.</returns>
    /// <exception cref="ObjectDisposedException">
    /// The message is disposed of, and its memory has been returned to the pool.
    /// </exception>
    public EngineSendOutcome TrySend(EngineEncodedMessage message, EngineSendFlags flags = EngineSendFlags.None)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Sender.TrySend(message, flags);
    }

    /// <summary>
    /// Queues a group of messages that are encoded once for many sessions, all or none, like
    /// <see cref="TrySend(EngineEncodedMessage, EngineSendFlags)"/>. The client receives them one after another, like those of
    /// <see cref="SendAsync(ReadOnlySpan{EngineMessage}, EngineSendFlags, CancellationToken)"/>.
    /// </summary>
    /// <param name="messages">The messages, in order.</param>
    /// <param name="flags">The options for sending. They apply to all messages.</param>
    /// <returns>The result of the send, for the whole group.</returns>
    /// <exception cref="ArgumentException">
    /// The group has several messages, and exceeds <see cref="EngineIOOptions.MaxQueuedPackets"/> or
    /// <see cref="EngineIOOptions.MaxQueuedBytes"/> by itself.
    /// </exception>
    /// <exception cref="ArgumentNullException">A message is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">
    /// A message is disposed of, and its memory has been returned to the pool. No message is queued.
    /// </exception>
    public EngineSendOutcome TrySend(ReadOnlySpan<EngineEncodedMessage> messages, EngineSendFlags flags = EngineSendFlags.None) =>
        Sender.TrySend(messages, flags);

    /// <summary>
    /// Waits until all messages whose sends have completed before this call are written: to the WebSocket, or to the response of
    /// a poll request. Messages that are sent later do not prolong the wait.
    /// </summary>
    /// <param name="cancellationToken">A token to cancel the wait.</param>
    /// <returns>
    /// <see langword="true"/> if the messages are written; <see langword="false"/> if the session ended first.
    /// </returns>
    /// <exception cref="InvalidOperationException">
    /// <see cref="IEngineHandler.OnOpenedAsync"/> has not completed, so the wait would never end if that method awaited it.
    /// </exception>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    public ValueTask<bool> WaitForDrainAsync(CancellationToken cancellationToken = default) =>
        SendQueue.WaitForDrainAsync(cancellationToken);

    /// <summary>
    /// Closes the session. For the application, the session has ended when the call returns. Queued packets are still sent,
    /// unless <paramref name="reason"/> discards them. Over WebSocket, they are sent within
    /// <see cref="EngineIOOptions.CloseTimeout"/>; over polling, with the client's next poll within
    /// <see cref="EngineIOOptions.ClosedSessionRetention"/>. Further calls have no effect: the first reason is kept.
    /// </summary>
    /// <param name="reason">
    /// The reason, which determines the close code. Default: <see cref="EngineCloseReason.ServerClose"/>.
    /// </param>
    /// <returns>
    /// A task that completes when the WebSocket has ended or the held poll is answered. It is already complete while a handler
    /// call of this session is in progress, because the end of the session waits for the handler, and the handler may be the
    /// caller.
    /// </returns>
    public ValueTask CloseAsync(EngineCloseReason reason = EngineCloseReason.ServerClose)
    {
        Close(reason);
        return _lifecycle.WaitForEndAsync();
    }

    /// <summary>
    /// Closes the session like <see cref="CloseAsync(EngineCloseReason)"/>, with a message that a WebSocket client receives in
    /// the close frame.
    /// </summary>
    /// <param name="reason">The reason, which determines the close code.</param>
    /// <param name="message">The message: at most 123 bytes in UTF-8, the limit of a close frame (RFC 6455 section 5.5).</param>
    /// <returns>A task as returned by <see cref="CloseAsync(EngineCloseReason)"/>.</returns>
    /// <exception cref="ArgumentException">The message is longer than 123 bytes in UTF-8.</exception>
    public ValueTask CloseAsync(EngineCloseReason reason, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Encoding.UTF8.GetByteCount(message) > MaxCloseMessage)
        {
            throw new ArgumentException($"The message is longer than {MaxCloseMessage} bytes in UTF-8.", nameof(message));
        }

        Close(reason, message);
        return _lifecycle.WaitForEndAsync();
    }

    /// <summary>
    /// Queues the open packet and the initial message, and calls <see cref="IEngineHandler.OnOpenedAsync"/>. The transport may
    /// send the queued packets after this call.
    /// </summary>
    internal ValueTask OpenAsync()
    {
        using (var open = new PooledBuffer(256))
        {
            Runtime.CreateOpenPacket(this).Write(open);
            SendQueue.EnqueueOpenPacket(open.Span);
        }

        return MessagePump.OpenAsync();
    }

    /// <summary>Stores the items and the owner of the handshake's authorization, before the session is opened.</summary>
    internal void Authorize(in EngineAuthorization authorization)
    {
        Owner = authorization.Owner;
        if (authorization.Items is { Count: > 0 } items)
        {
            _items = new ConcurrentDictionary<object, object?>(items);
        }
    }

    /// <inheritdoc cref="SessionLifecycle.Close"/>
    internal bool Close(EngineCloseReason reason, string? message = null) => _lifecycle.Close(reason, message);

    /// <inheritdoc cref="SessionLifecycle.TryEndRetention"/>
    internal void TryEndRetention() => _lifecycle.TryEndRetention();

    /// <inheritdoc cref="SessionLifecycle.Complete"/>
    internal void CompleteClose() => _lifecycle.Complete();

    /// <inheritdoc cref="HeartbeatMonitor.CloseIfOverdue"/>
    internal void CloseIfHeartbeatOverdue() => HeartbeatMonitor.CloseIfOverdue();

    /// <inheritdoc cref="SessionLifecycle.Attach"/>
    internal void Attach(ISessionTransport webSocket) => _lifecycle.Attach(webSocket);

    /// <summary>Lets the attached WebSocket send the queued packets, after its handshake is complete.</summary>
    internal void StartSending() => SendQueue.StartSending(_lifecycle.WebSocket!);

    /// <inheritdoc cref="PollingExchange.TryBeginUpgrade"/>
    internal UpgradeAttempt? TryBeginUpgrade(ISessionTransport webSocket) => Polling?.TryBeginUpgrade(webSocket);

    /// <inheritdoc cref="UpgradeCoordinator.TryProbe"/>
    internal bool TryProbe(UpgradeAttempt upgrade) => Polling!.Upgrades!.TryProbe(upgrade);

    /// <inheritdoc cref="UpgradeCoordinator.TryComplete"/>
    internal Task? TryCompleteUpgrade(UpgradeAttempt upgrade, ISessionTransport webSocket) =>
        Polling!.Upgrades!.TryComplete(upgrade, webSocket);

    /// <inheritdoc cref="UpgradeCoordinator.Drop"/>
    internal void DropUpgrade(UpgradeAttempt upgrade, WebSocketCloseCode code, string cause) =>
        Polling!.Upgrades!.Drop(upgrade, code, cause);

    /// <inheritdoc cref="MessagePump.BeginReceive"/>
    internal void BeginReceive() => MessagePump.BeginReceive();

    /// <inheritdoc cref="MessagePump.EndReceive"/>
    internal void EndReceive() => MessagePump.EndReceive();

    /// <inheritdoc cref="SendQueue.BeginBatch"/>
    internal void BeginBatch() => SendQueue.BeginBatch();

    /// <inheritdoc cref="SendQueue.EndBatch"/>
    internal void EndBatch() => SendQueue.EndBatch();

    /// <inheritdoc cref="MessagePump.ReceiveFrameAsync"/>
    internal ValueTask ReceiveFrameAsync(ReadOnlyMemory<byte> data, bool isText) => MessagePump.ReceiveFrameAsync(data, isText);

    /// <inheritdoc cref="MessagePump.CountControlFrame"/>
    internal void CountControlFrame(int bytes) => MessagePump.CountControlFrame(bytes);

    /// <inheritdoc cref="SendQueue.TryDequeue"/>
    internal bool TryDequeue(out OutboundPacket packet, out bool more) => SendQueue.TryDequeue(out packet, out more);

    /// <inheritdoc cref="SendQueue.ReleaseSentCost"/>
    internal bool ReleaseSentCost(int cost) => SendQueue.ReleaseSentCost(cost);

    internal void RaiseUpgraded() => MessagePump.Raise(Upgraded);

    internal void RaiseHeartbeat() => MessagePump.Raise(Heartbeat);

    internal void RaiseClosed(EngineCloseReason reason) => Closed?.Invoke(this, reason);
}
