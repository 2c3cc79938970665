namespace Scaler.EngineIO;

/// <summary>One client's connection, across the transports that it uses. All members may be called from any thread.</summary>
public sealed class EngineSession
{
    /// <summary>The <c>sid</c> of the protocol. Whoever knows it can speak for the client: never log, store or show it.</summary>
    public string Id => throw new NotSupportedException();

    /// <summary>A public name of this connection, safe to log, store and show.</summary>
    public string ConnectionId => throw new NotSupportedException();

    /// <summary>The protocol's version that the client asked for at the handshake: 4, or 3.</summary>
    public int ProtocolVersion => throw new NotSupportedException();

    /// <summary>The transport in use.</summary>
    public EngineTransport Transport => throw new NotSupportedException();

    /// <summary>What the handshake's request said.</summary>
    public EngineHandshake Handshake => throw new NotSupportedException();

    /// <summary>Where the session is in its life.</summary>
    public EngineSessionState State => throw new NotSupportedException();

    /// <summary>Bytes that wait to be sent.</summary>
    public int QueuedBytes => throw new NotSupportedException();

    /// <summary>A place for the application to keep what it knows of this session; the library never looks at it.</summary>
    public object? Tag { get; set; }

    /// <summary>
    /// Sends a message. It completes when the message is queued, at once while the queue has room; when it is full, it waits
    /// until the client has taken enough of it.
    /// </summary>
    public ValueTask<EngineSendOutcome> SendAsync(
        ReadOnlyMemory<byte> data, EngineMessageKind kind = EngineMessageKind.Text, EngineSendFlags flags = EngineSendFlags.None,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Sends a text message, see the other overload.</summary>
    public ValueTask<EngineSendOutcome> SendAsync(
        string text, EngineSendFlags flags = EngineSendFlags.None, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>
    /// Queues a message that was encoded once for many sessions; never waits. A session whose queue is full is closed with
    /// <see cref="EngineCloseReason.SlowConsumer"/>, unless the message is volatile: then only the message is dropped.
    /// </summary>
    public EngineSendOutcome TrySend(EngineEncodedMessage message, EngineSendFlags flags = EngineSendFlags.None) => throw new NotSupportedException();

    /// <summary>Closes the session; what is queued is still sent, within a bound. Closing it again does nothing: the first reason stands.</summary>
    public ValueTask CloseAsync(EngineCloseReason reason = EngineCloseReason.ServerClose) => throw new NotSupportedException();
}
