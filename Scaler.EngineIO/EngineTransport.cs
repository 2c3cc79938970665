namespace Scaler.EngineIO;

/// <summary>A way for packets to travel between client and server.</summary>
public enum EngineTransport
{
    /// <summary>HTTP long-polling: the client sends by POST and receives by a GET that is held until there is something.</summary>
    Polling,

    /// <summary>One WebSocket.</summary>
    WebSocket,
}
