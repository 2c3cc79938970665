namespace Scaler.EngineIO;

/// <summary>
/// Specifies why a session was closed. Each member describes what the client receives: over polling, a close packet (<c>1</c>)
/// where one is mentioned; over WebSocket, a close frame with the given code.
/// </summary>
public enum EngineCloseReason
{
    /// <summary>The application closed the session. Queued packets are sent first, then <c>1</c> or code 1000.</summary>
    ServerClose,

    /// <summary>
    /// The client sent a close packet. Queued packets are sent first; a held poll without any is answered with a noop packet, and
    /// a WebSocket is closed with code 1000.
    /// </summary>
    ClientClose,

    /// <summary>The client's connection ended: the WebSocket was closed, or a request was aborted before it completed.</summary>
    TransportClose,

    /// <summary>
    /// The client violated the rules of the transport. A concurrent second poll or POST gets status 400. A POST whose body takes
    /// longer than <see cref="EngineIOOptions.RequestBodyTimeout"/>, or is slower than Kestrel's minimum data rate, gets status
    /// 408. A held poll gets <c>1</c>. Invalid WebSocket framing gets code 1002 or 1007, or 1008 for too many fragments.
    /// </summary>
    TransportError,

    /// <summary>
    /// The client's heartbeat did not arrive in time. A held poll gets <c>1</c>; a WebSocket is closed with code 4408.
    /// </summary>
    PingTimeout,

    /// <summary>
    /// A packet or payload could not be parsed. Queued packets are sent first. Then the POST gets status 400 and code 3, a held
    /// poll gets <c>1</c>; a WebSocket is closed with code 4400.
    /// </summary>
    ParseError,

    /// <summary>
    /// A body or message exceeded <see cref="EngineIOOptions.MaxPayload"/>. The POST gets status 413, a held poll gets <c>1</c>;
    /// a WebSocket is closed with code 1009.
    /// </summary>
    PayloadTooLarge,

    /// <summary>
    /// The client received data too slowly. Queued packets are discarded, and the client gets <c>1</c> or code 4429.
    /// </summary>
    SlowConsumer,

    /// <summary>The server is shutting down. Queued packets are sent first, then <c>1</c> or code 4503.</summary>
    ServerShutdown,

    /// <summary>
    /// The application does not allow the session, or no longer allows it. Queued packets are sent first, then <c>1</c> or code
    /// 4403. If the application closes the session before the polling handshake is answered, the handshake gets status 403 and
    /// code 4.
    /// </summary>
    Forbidden,

    /// <summary>
    /// The application's handler threw an exception, which is logged. Queued packets are sent first, then <c>1</c> or code 1011.
    /// </summary>
    HandlerError,

    /// <summary>
    /// The client exceeded <see cref="EngineIOOptions.MaxMessagesPerSecond"/> or <see cref="EngineIOOptions.MaxBytesPerSecond"/>.
    /// Queued packets are sent first. Then the POST gets status 429 and code 3, a poll gets <c>1</c>; a WebSocket is closed with
    /// code 1008.
    /// </summary>
    RateLimit,
}
