namespace Scaler.EngineIO;

/// <summary>Specifies a limit of an Engine.IO server, for <see cref="EngineIOOptions.OnLimitReached"/>.</summary>
public enum EngineLimit
{
    /// <summary><see cref="EngineIOOptions.MaxHandshakesPerAddress"/>: the handshake got status 429 and code 3.</summary>
    Handshakes,

    /// <summary>
    /// <see cref="EngineIOOptions.MaxMessagesPerSecond"/>: the session was closed with <see cref="EngineCloseReason.RateLimit"/>.
    /// </summary>
    Messages,

    /// <summary>
    /// <see cref="EngineIOOptions.MaxBytesPerSecond"/>: the session was closed with <see cref="EngineCloseReason.RateLimit"/>.
    /// </summary>
    Bytes,

    /// <summary>
    /// <see cref="EngineIOOptions.MaxPayload"/>: the session was closed with <see cref="EngineCloseReason.PayloadTooLarge"/>, or
    /// its upgrade was dropped.
    /// </summary>
    Payload,

    /// <summary>
    /// <see cref="EngineIOOptions.MaxPacketsPerPayload"/>: the session was closed with
    /// <see cref="EngineCloseReason.ParseError"/>.
    /// </summary>
    Packets,

    /// <summary>
    /// <see cref="EngineIOOptions.MaxFragmentsPerMessage"/>: the session was closed with
    /// <see cref="EngineCloseReason.TransportError"/>, or its upgrade was dropped.
    /// </summary>
    Fragments,

    /// <summary>
    /// <see cref="EngineIOOptions.MaxQueuedBytes"/>, <see cref="EngineIOOptions.MaxQueuedPackets"/> or
    /// <see cref="EngineIOOptions.SlowConsumerTimeout"/>: the session was closed with
    /// <see cref="EngineCloseReason.SlowConsumer"/>.
    /// </summary>
    Queue,

    /// <summary><see cref="EngineIOOptions.MaxOpenFiles"/>: the handshake got status 503 and code 3.</summary>
    OpenFiles,

    /// <summary>
    /// The web server's limit on WebSockets (Kestrel: <c>MaxConcurrentUpgradedConnections</c>): the request got status 503 and
    /// code 3.
    /// </summary>
    WebSockets,

    /// <summary><see cref="EngineIOOptions.MaxSessions"/>: the handshake got status 503 and code 3.</summary>
    Sessions,

    /// <summary><see cref="EngineIOOptions.MaxTotalQueuedBytes"/>: the handshake got status 503 and code 3.</summary>
    TotalQueue,
}
