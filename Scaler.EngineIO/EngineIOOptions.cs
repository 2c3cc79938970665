using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO;

/// <summary>
/// The settings of an Engine.IO server. All values bind from configuration, all hooks are set in code. They are checked when
/// the host starts, and read once: a change of configuration needs a restart.
/// </summary>
public sealed class EngineIOOptions
{
    /// <summary>The path that clients connect to, with or without the trailing slash. Default <c>/engine.io/</c>.</summary>
    public string Path { get; set; } = "/engine.io/";

    /// <summary>
    /// How long after the handshake, and after each pong, the server pings (v4); how often a v3 client pings. From 10 ms to
    /// 1 day, default 25 s.
    /// </summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a pong may take until the session counts as dead. From 10 ms to 1 day, default 20 s.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an upgrade may take; then the WebSocket that probes is dropped and polling goes on. From 10 ms to 1 day, default 10 s.</summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most bytes in a polling body or a WebSocket message, inflated, in both directions for polling. From 1 to 1 GiB, default 1,000,000.</summary>
    public int MaxPayload { get; set; } = 1_000_000;

    /// <summary>
    /// The transports on offer: <c>polling</c>, <c>websocket</c>. At least one; null, the default, means both. (A list with
    /// values in place could only be added to by configuration.)
    /// </summary>
    public IList<string>? Transports { get; set; }

    /// <summary>Whether a polling session may become a WebSocket. Default true.</summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>Whether clients of protocol 3 (<c>EIO=3</c>) are accepted too. Default false.</summary>
    public bool AllowV3 { get; set; }

    /// <summary>The compression of polling responses.</summary>
    public EngineIOHttpCompressionOptions HttpCompression { get; set; } = new();

    /// <summary>The compression of WebSocket messages, permessage-deflate.</summary>
    public EngineIODeflateOptions PerMessageDeflate { get; set; } = new();

    /// <summary>The cookie that carries the session id, for balancers that route by it.</summary>
    public EngineIOCookieOptions Cookie { get; set; } = new();

    /// <summary>What pages of other origins may do.</summary>
    public EngineIOCorsOptions Cors { get; set; } = new();

    /// <summary>A text message that every client gets right behind the open packet. Default none.</summary>
    public string? InitialPacket { get; set; }

    /// <summary>The most packets in one polling body of a client. From 1, default 50,000.</summary>
    public int MaxPacketsPerPayload { get; set; } = 50_000;

    /// <summary>The most frames of one WebSocket message. From 1, default 1,024.</summary>
    public int MaxFragmentsPerMessage { get; set; } = 1_024;

    /// <summary>
    /// The packets that one client may send in a second, heartbeats and WebSocket pings among them. One more closes the session with
    /// <see cref="EngineCloseReason.RateLimit"/>. 0, the default, means any number.
    /// </summary>
    public int MaxMessagesPerSecond { get; set; }

    /// <summary>
    /// The bytes of packets that one client may send in a second. More close the session with <see cref="EngineCloseReason.RateLimit"/>. 0,
    /// the default, means any number; otherwise a whole <see cref="MaxPayload"/> must fit into <see cref="RateBurst"/>.
    /// </summary>
    public int MaxBytesPerSecond { get; set; }

    /// <summary>
    /// How much of <see cref="MaxMessagesPerSecond"/> and <see cref="MaxBytesPerSecond"/> a client that was quiet may use at once. From 1 s to
    /// 10 min, default 5 s: five times as much as in a second.
    /// </summary>
    public TimeSpan RateBurst { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The handshakes that one address may begin within <see cref="HandshakeWindow"/>, an IPv6 address by its /64. One more gets 429, code 3 and
    /// <c>Retry-After</c>. 0, the default, means any number. Behind a proxy the address is the proxy's, unless the application uses forwarded headers.
    /// </summary>
    public int MaxHandshakesPerAddress { get; set; }

    /// <summary>The time of <see cref="MaxHandshakesPerAddress"/>. From 1 s to 1 h, default 1 min.</summary>
    public TimeSpan HandshakeWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The most bytes that wait to be sent to one client; each packet counts its bytes and 64 more. One packet always fits
    /// into an empty queue. From 1,024, default 4 MiB.
    /// </summary>
    public int MaxQueuedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most packets that wait to be sent to one client. From 8, default 65,536.</summary>
    public int MaxQueuedPackets { get; set; } = 65_536;

    /// <summary>
    /// How long <see cref="EngineSession.SendAsync(ReadOnlyMemory{byte}, EngineMessageKind, EngineSendFlags, CancellationToken)"/>
    /// may wait for room until the session is closed with <see cref="EngineCloseReason.SlowConsumer"/>. From 10 ms to 1 day, default 30 s.
    /// </summary>
    public TimeSpan SlowConsumerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a WebSocket's open packet waits behind the 101. A client that looks for messages only once it has seen the
    /// WebSocket open, as one written with promises does, misses a packet that arrives in one piece with the 101. From 0 to 1 s,
    /// default 2 ms.
    /// </summary>
    public TimeSpan OpenPacketDelay { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// How long a WebSocket that is being closed may take: to send what is queued, and to answer the close frame. Then it is
    /// cut off. From 10 ms to 1 day, default 2 s.
    /// </summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a polling session that the server closed keeps, for the client's next poll, what was queued and the close
    /// packet; and how long, from a session's end, a client may take to read the answer of a poll. From 10 ms to 1 day, default 30 s.
    /// </summary>
    public TimeSpan ClosedSessionRetention { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the closing of all sessions may take when the host stops. They are closed in batches over the first half of it, so
    /// that not all clients reconnect at once. From 0 to 1 day, default 5 s; keep it below the host's own shutdown timeout.
    /// </summary>
    public TimeSpan ShutdownBudget { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether all sessions are closed, within <see cref="ShutdownBudget"/>, when the host begins to stop. Default true. Whoever sets it
    /// to false closes them by <see cref="EngineServer.CloseAllAsync"/> in a way of their own; new handshakes are refused all the same.
    /// </summary>
    public bool CloseOnHostStop { get; set; } = true;

    /// <summary>
    /// Decides whether a client may connect. Called once for each handshake that is right otherwise, before a session exists and before a 101.
    /// Default: everyone.
    /// </summary>
    public Func<HttpContext, ValueTask<EngineAuthorization>>? AuthorizeAsync { get; set; }

    /// <summary>
    /// Makes a session id; it must be unguessable and unique. Default: 24 bytes of a cryptographic generator as base64url. An id that
    /// is empty, or in use, is refused with code 3.
    /// </summary>
    public Func<HttpContext, string>? GenerateId { get; set; }

    /// <summary>May add headers to a handshake's response.</summary>
    public Action<IHeaderDictionary, HttpContext>? OnInitialHeaders { get; set; }

    /// <summary>May add headers to every response of a session, the handshake's too, and to a WebSocket's 101.</summary>
    public Action<IHeaderDictionary, HttpContext>? OnHeaders { get; set; }

    /// <summary>Is told of every request that was refused with a code.</summary>
    public Action<EngineConnectionError>? OnConnectionError { get; set; }

    /// <summary>
    /// Called when a request (poll, post or upgrade) names a session that this server does not hold, before its body is read and
    /// before it is answered. True: the hook has answered it, by forwarding it to the server that holds the session. False: it
    /// is refused with code 1.
    /// </summary>
    public Func<HttpContext, string, ValueTask<bool>>? UnknownSessionAsync { get; set; }

    /// <summary>
    /// Decides whether a later request (poll, post or upgrade) may speak for a session: false refuses it with 403 and code 4, and the
    /// session goes on. For sessions that are bound to an identity.
    /// </summary>
    public Func<HttpContext, EngineSession, ValueTask<bool>>? ValidateSessionRequest { get; set; }

    /// <summary>
    /// Is told of every client that went over a limit; of handshakes at most once a second, for a flood of them must not become a flood of
    /// calls. It must not block. What it throws is logged and passed over.
    /// </summary>
    public Action<EngineLimitReached>? OnLimitReached { get; set; }
}
