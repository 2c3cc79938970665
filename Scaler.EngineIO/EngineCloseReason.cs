namespace Scaler.EngineIO;

/// <summary>
/// Why a session ended. What the client sees is said for each: over polling a close packet (<c>1</c>) where one is
/// mentioned, over WebSocket a close frame with a code.
/// </summary>
public enum EngineCloseReason
{
    /// <summary>The application closed it. What was queued is sent first; then <c>1</c>, or code 1000.</summary>
    ServerClose,

    /// <summary>The client said goodbye. A waiting poll is answered with a noop; or code 1000.</summary>
    ClientClose,

    /// <summary>The client's connection ended: the WebSocket was closed, or a request was dropped half-way.</summary>
    TransportClose,

    /// <summary>
    /// The client broke the rules of the transport: a second poll or post beside a waiting one (400, the waiting poll gets
    /// <c>1</c>), or bad WebSocket framing (code 1002, 1007, or 1008 for too many fragments).
    /// </summary>
    TransportError,

    /// <summary>No heartbeat in time. A waiting poll gets <c>1</c>; or code 4408.</summary>
    PingTimeout,

    /// <summary>A packet or payload that is none. The post gets 400 and code 3, a waiting poll <c>1</c>; or code 4400.</summary>
    ParseError,

    /// <summary>A body or message above the limit. The post gets 413, a waiting poll <c>1</c>; or code 1009.</summary>
    PayloadTooLarge,

    /// <summary>The client took too little of what was sent to it; what was queued is gone. <c>1</c>, or code 4429.</summary>
    SlowConsumer,

    /// <summary>The server stops. What was queued is sent first; then <c>1</c>, or code 4503.</summary>
    ServerShutdown,

    /// <summary>
    /// The application does not, or no longer, allow it. What was queued is sent first; then <c>1</c>, or code 4403. A polling handshake that the
    /// application ended with this reason before it was answered gets 403 and code 4.
    /// </summary>
    Forbidden,

    /// <summary>The application's handler threw; the exception is logged. <c>1</c>, or code 1011.</summary>
    HandlerError,

    /// <summary>
    /// The client sent more messages or bytes in a second than it may. What was queued is sent first; then the post gets 429 and
    /// code 3, a poll <c>1</c>; or code 1008.
    /// </summary>
    RateLimit,
}
