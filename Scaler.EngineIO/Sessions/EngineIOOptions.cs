using Microsoft.AspNetCore.Http;

namespace Scaler.EngineIO;

/// <summary>
/// Configures an Engine.IO server. Values bind from configuration; callbacks are set in code. The options are validated when the
/// host starts and are read once, so a configuration change requires a restart.
/// </summary>
public sealed class EngineIOOptions
{
    /// <summary>
    /// Gets or sets the path that clients connect to, with or without a trailing slash. Default: <c>/engine.io/</c>.
    /// </summary>
    public string Path { get; set; } = "/engine.io/";

    /// <summary>
    /// Gets or sets the heartbeat interval. In protocol 4, the server sends a ping this long after the handshake and after each
    /// pong. In protocol 3, the client sends a ping at this interval. Range: 10 ms to 1 day. Default: 25 s.
    /// </summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Gets or sets how long the server waits for a heartbeat before it closes the session with
    /// <see cref="EngineCloseReason.PingTimeout"/>: after a ping in protocol 4, or after a missed <see cref="PingInterval"/> in
    /// protocol 3. In protocol 4, a packet that arrives meanwhile starts this time again, up to twice this time after the ping.
    /// The time does not elapse during a handler call. Range: 10 ms to 1 day. Default: 20 s.
    /// </summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Gets or sets the maximum duration of an upgrade. After this time, the server closes the upgrading WebSocket and polling
    /// continues. Range: 10 ms to 1 day. Default: 10 s.
    /// </summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets how long the server reads the body of a POST request in total. After this time, the request gets status 408
    /// and the session is closed with <see cref="EngineCloseReason.TransportError"/>. Range: 10 ms to 1 day. Default: 30 s.
    /// </summary>
    public TimeSpan RequestBodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the maximum size of a received polling body or WebSocket message after decompression, in bytes. A polling
    /// response is also limited to this size, unless it contains a single packet. Range: 1 byte to 1 GiB. Default: 1,000,000
    /// bytes.
    /// </summary>
    public int MaxPayload { get; set; } = 1_000_000;

    /// <summary>
    /// Gets or sets the enabled transports: <c>polling</c>, <c>websocket</c>, or both. The list must not be empty. Default:
    /// <see langword="null"/>, which means both.
    /// </summary>
    /// <remarks>
    /// The default is not a list with both values, because configuration binding could only add to such a list.
    /// </remarks>
    public IList<string>? Transports { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether a polling session may upgrade to WebSocket. Default: <see langword="true"/>.
    /// </summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>
    /// Gets or sets a value indicating whether clients of protocol 3 (<c>EIO=3</c>) are accepted. Default:
    /// <see langword="false"/>.
    /// </summary>
    public bool AllowV3 { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether polling requests may use JSONP (the query parameter <c>j</c>). Any page can load a
    /// JSONP response as a script, and over plain HTTP browsers then send neither <c>Origin</c> nor <c>Sec-Fetch-Site</c>. A
    /// JSONP request therefore needs <c>Sec-Fetch-Site: same-origin</c>, or an <c>Origin</c> or <c>Referer</c> that may connect;
    /// otherwise, it gets status 403 and code 4. Default: <see langword="false"/>, JSONP requests get status 400 and code 3.
    /// </summary>
    public bool AllowJsonp { get; set; }

    /// <summary>Gets or sets the compression options of polling responses.</summary>
    public EngineIOHttpCompressionOptions HttpCompression { get; set; } = new();

    /// <summary>Gets or sets the compression options of WebSocket messages (permessage-deflate).</summary>
    public EngineIODeflateOptions PerMessageDeflate { get; set; } = new();

    /// <summary>Gets or sets the options of the cookie with the session id, for load balancers that route by it.</summary>
    public EngineIOCookieOptions Cookie { get; set; } = new();

    /// <summary>Gets or sets the access options for web pages of other origins.</summary>
    public EngineIOCorsOptions Cors { get; set; } = new();

    /// <summary>
    /// Gets or sets a text message that is sent to every client after the open packet. Default: <see langword="null"/>, no
    /// message.
    /// </summary>
    public string? InitialPacket { get; set; }

    /// <summary>Gets or sets the maximum number of packets in a received polling body. Minimum: 1. Default: 50,000.</summary>
    public int MaxPacketsPerPayload { get; set; } = 50_000;

    /// <summary>Gets or sets the maximum number of frames in a received WebSocket message. Minimum: 1. Default: 1,024.</summary>
    public int MaxFragmentsPerMessage { get; set; } = 1_024;

    /// <summary>
    /// Gets or sets the maximum number of packets that a client may send per second, including heartbeats and WebSocket control
    /// frames. A client that exceeds the limit is closed with <see cref="EngineCloseReason.RateLimit"/>. Default: 0, which means
    /// unlimited.
    /// </summary>
    public int MaxMessagesPerSecond { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of packet bytes that a client may send per second. A client that exceeds the limit is
    /// closed with <see cref="EngineCloseReason.RateLimit"/>. If set, <see cref="MaxPayload"/> bytes must fit into
    /// <see cref="RateBurst"/>. Default: 0, which means unlimited.
    /// </summary>
    public int MaxBytesPerSecond { get; set; }

    /// <summary>
    /// Gets or sets the burst size of <see cref="MaxMessagesPerSecond"/> and <see cref="MaxBytesPerSecond"/>, as a duration.
    /// After an idle period, a client may use the limits of this duration at once. Range: 1 s to 10 min. Default: 5 s, five times
    /// the limit per second.
    /// </summary>
    public TimeSpan RateBurst { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets the maximum number of handshakes per IP address within <see cref="HandshakeWindow"/>. IPv6 addresses are
    /// grouped by /64 prefix. Further handshakes get status 429, code 3 and <c>Retry-After</c>. Behind a proxy, the address is
    /// that of the proxy unless the application uses the forwarded headers middleware. Default: 0, which means unlimited.
    /// </summary>
    public int MaxHandshakesPerAddress { get; set; }

    /// <summary>
    /// Gets or sets the time window of <see cref="MaxHandshakesPerAddress"/>. Range: 1 s to 1 h. Default: 1 min.
    /// </summary>
    public TimeSpan HandshakeWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Gets or sets the maximum number of open sessions of the server. Further handshakes get status 503 and <c>Retry-After</c>.
    /// Default: 0, which means one per 16 KiB of the memory that the process may use, and at least 1,000.
    /// </summary>
    public int MaxSessions { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of bytes queued for all clients together. A message that several clients share counts
    /// once. While there are more, once per second the sessions with the most queued bytes, more than 64 KiB each, are closed
    /// with <see cref="EngineCloseReason.SlowConsumer"/>, and handshakes get status 503 and <c>Retry-After</c>. Default: 0, which
    /// means a quarter of the memory that the process may use.
    /// </summary>
    public long MaxTotalQueuedBytes { get; set; }

    /// <summary>
    /// Gets or sets the number of open file descriptors of the process, such as sockets and files, from which on handshakes get
    /// status 503 and <c>Retry-After</c>. Open sessions are not affected. Default: 0, which means
    /// <see cref="Connections.FileDescriptors.MaxForHandshakes"/>: the process's limit (<c>RLIMIT_NOFILE</c>) minus a reserve on
    /// Linux, and no limit elsewhere.
    /// </summary>
    public int MaxOpenFiles { get; set; }

    /// <summary>
    /// Gets or sets the names of the headers of a handshake that its session keeps, in the order in which
    /// <see cref="MaxKeptHandshakeLength"/> is used up. An empty list keeps none. Default: <see langword="null"/>, which means
    /// <c>User-Agent</c>, <c>Host</c>, <c>Origin</c>, <c>Referer</c> and <c>Accept-Language</c>.
    /// </summary>
    /// <remarks>
    /// The default is not a list with these values, because configuration binding could only add to such a list. Scaler shows
    /// <c>User-Agent</c> in its list of connections.
    /// </remarks>
    public IList<string>? KeptHeaders { get; set; }

    /// <summary>
    /// Gets or sets the number of characters that a session keeps of its handshake's query and <see cref="KeptHeaders"/>. Query
    /// parameters that do not fit are dropped, then the values of headers are cut. Range: 0 to 1,048,576. Default: 4,096.
    /// </summary>
    public int MaxKeptHandshakeLength { get; set; } = 4_096;

    /// <summary>
    /// Gets or sets the maximum number of bytes queued for a client. Each packet counts as its length plus 64 bytes. An empty
    /// queue accepts a single packet of any size, but no larger group of messages. Minimum: 1,024 bytes. Default: 4 MiB.
    /// </summary>
    public int MaxQueuedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Gets or sets the maximum number of packets queued for a client. Range: 8 to 16,777,216. Default: 65,536.
    /// </summary>
    public int MaxQueuedPackets { get; set; } = 65_536;

    /// <summary>
    /// Gets or sets how long
    /// <see cref="EngineSession.SendAsync(ReadOnlyMemory{byte}, EngineMessageKind, EngineSendFlags, CancellationToken)"/> waits
    /// for space in a full queue before it closes the session with <see cref="EngineCloseReason.SlowConsumer"/>. Range: 10 ms to
    /// 1 day. Default: 30 s.
    /// </summary>
    public TimeSpan SlowConsumerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the delay between a WebSocket's 101 response and its open packet. A client that listens for messages only
    /// after it has seen the WebSocket open, such as promise-based code, misses a packet that arrives in the same read as the 101
    /// response. Range: 0 to 1 s. Default: 2 ms.
    /// </summary>
    public TimeSpan OpenPacketDelay { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Gets or sets how long the close of a WebSocket may take. This includes sending queued packets and waiting for the client's
    /// close frame. After this time, the connection is aborted. Range: 10 ms to 1 day. Default: 2 s.
    /// </summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets how long a polling session that the server closed keeps its queued packets and close packet for the client's
    /// next poll. It is also the maximum time after the session's end for a client to read the response of a poll. Range: 10 ms
    /// to 1 day. Default: 30 s.
    /// </summary>
    public TimeSpan ClosedSessionRetention { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long closing all sessions may take when the host stops. Sessions are closed in batches over the first
    /// half of this time, so that clients do not all reconnect at once. Keep it below the host's shutdown timeout. Range: 0 to 1
    /// day. Default: 5 s.
    /// </summary>
    public TimeSpan ShutdownBudget { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets a value indicating whether the server starts to close all sessions, within <see cref="ShutdownBudget"/>, as
    /// soon as the host begins to stop. If <see langword="false"/>, the application closes them with
    /// <see cref="EngineServer.CloseAllAsync"/>. New handshakes are refused in either case. Default: <see langword="true"/>.
    /// </summary>
    public bool CloseOnHostStop { get; set; } = true;

    /// <summary>
    /// Gets or sets a callback that decides whether a client may connect. It is called once for each valid handshake, before a
    /// session is created and before a 101 response is sent. Default: <see langword="null"/>, which allows all clients.
    /// </summary>
    public Func<HttpContext, ValueTask<EngineAuthorization>>? AuthorizeAsync { get; set; }

    /// <summary>
    /// Gets or sets a callback that generates a session id, which must be unguessable and unique. If the id is empty or in use,
    /// the handshake is refused with code 3. Default: <see langword="null"/>, which uses 24 cryptographically random bytes,
    /// encoded as base64url.
    /// </summary>
    public Func<HttpContext, string>? GenerateId { get; set; }

    /// <summary>Gets or sets a callback that can add headers to the response of a handshake.</summary>
    public Action<IHeaderDictionary, HttpContext>? OnInitialHeaders { get; set; }

    /// <summary>
    /// Gets or sets a callback that can add headers to every response of a session, including the handshake and the 101 response
    /// of a WebSocket.
    /// </summary>
    public Action<IHeaderDictionary, HttpContext>? OnHeaders { get; set; }

    /// <summary>Gets or sets a callback that is invoked for every request that is refused with an error code.</summary>
    public Action<EngineConnectionError>? OnConnectionError { get; set; }

    /// <summary>
    /// Gets or sets a callback for a poll, POST or upgrade request whose session is not on this server. It is invoked before the
    /// request body is read. It returns <see langword="true"/> if it has answered the request, for example by forwarding it to
    /// the session's server. If it returns <see langword="false"/>, the request is refused with code 1.
    /// </summary>
    public Func<HttpContext, string, ValueTask<bool>>? UnknownSessionAsync { get; set; }

    /// <summary>
    /// Gets or sets a callback that decides whether a poll, POST or upgrade request may use its session. If it returns
    /// <see langword="false"/>, the request is refused with status 403 and code 4, and the session continues. Use it for sessions
    /// that are bound to an identity.
    /// </summary>
    public Func<HttpContext, EngineSession, ValueTask<bool>>? ValidateSessionRequest { get; set; }

    /// <summary>
    /// Gets or sets a callback that is invoked when a client exceeds a limit. For handshakes, it is invoked at most once per
    /// second, so that a flood of handshakes does not cause a flood of calls. The callback must not block. Its exceptions are
    /// logged and ignored.
    /// </summary>
    public Action<EngineLimitReached>? OnLimitReached { get; set; }
}
