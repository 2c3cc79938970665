namespace Scaler.EngineIO;

/// <summary>Specifies the transport of a session.</summary>
public enum EngineTransport
{
    /// <summary>
    /// HTTP long-polling. The client sends with POST, and receives with a GET that is held until there are packets to send.
    /// </summary>
    Polling,

    /// <summary>WebSocket.</summary>
    WebSocket,
}
