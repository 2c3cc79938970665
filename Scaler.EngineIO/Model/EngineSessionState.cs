namespace Scaler.EngineIO;

/// <summary>Specifies the lifecycle state of a session.</summary>
public enum EngineSessionState
{
    /// <summary>The session is accepted. The client has not received its session id.</summary>
    Opening,

    /// <summary>The session can send and receive messages.</summary>
    Open,

    /// <summary>The session has ended for the application. Queued packets may still be sent to the client.</summary>
    Closing,

    /// <summary>The session has ended.</summary>
    Closed,
}
