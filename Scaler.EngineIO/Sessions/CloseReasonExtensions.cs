using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Sessions;

/// <summary>Determines how a session ends for each <see cref="EngineCloseReason"/>.</summary>
internal static class CloseReasonExtensions
{
    /// <summary>
    /// Determines whether the queued packets are still sent to the client. If the client ends the session by a packet, the queue
    /// holds the answers to the packets before it.
    /// </summary>
    public static bool FlushesQueue(this EngineCloseReason reason) =>
        IsByServer(reason) || reason is EngineCloseReason.ClientClose or EngineCloseReason.ParseError;

    /// <summary>Determines whether a polling session without a held poll is retained until the client's next poll.</summary>
    public static bool IsRetained(this EngineCloseReason reason) =>
        IsByServer(reason) || reason == EngineCloseReason.SlowConsumer;

    /// <summary>
    /// Gets the limit that the reason always comes from, or <see langword="null"/>. Code that closes a session because of any
    /// other limit reports the limit itself.
    /// </summary>
    public static EngineLimit? GetLimit(this EngineCloseReason reason) => reason switch
    {
        EngineCloseReason.PayloadTooLarge => EngineLimit.Payload,
        EngineCloseReason.SlowConsumer => EngineLimit.Queue,
        _ => null,
    };

    /// <summary>Gets the code and default text of the WebSocket close frame.</summary>
    public static (WebSocketCloseCode Code, string Text) GetCloseFrame(this EngineCloseReason reason) => reason switch
    {
        EngineCloseReason.ParseError => (WebSocketCloseCode.InvalidPacket, "invalid packet"),
        EngineCloseReason.PingTimeout => (WebSocketCloseCode.PingTimeout, "ping timeout"),
        EngineCloseReason.PayloadTooLarge => (WebSocketCloseCode.TooBig, ""),
        EngineCloseReason.SlowConsumer => (WebSocketCloseCode.SlowConsumer, "slow consumer"),
        EngineCloseReason.ServerShutdown => (WebSocketCloseCode.ServerShutdown, "server shutdown"),
        EngineCloseReason.Forbidden => (WebSocketCloseCode.Forbidden, "forbidden"),
        EngineCloseReason.HandlerError => (WebSocketCloseCode.InternalError, "server error"),
        EngineCloseReason.TransportError => (WebSocketCloseCode.ProtocolError, "protocol error"),
        EngineCloseReason.RateLimit => (WebSocketCloseCode.PolicyViolation, "rate limit"),
        _ => (WebSocketCloseCode.Normal, ""),
    };

    private static bool IsByServer(EngineCloseReason reason) => reason is EngineCloseReason.ServerClose
        or EngineCloseReason.ServerShutdown or EngineCloseReason.Forbidden or EngineCloseReason.HandlerError
        or EngineCloseReason.RateLimit;
}
