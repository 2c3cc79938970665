namespace Scaler.EngineIO;

/// <summary>Where a session is in its life.</summary>
public enum EngineSessionState
{
    /// <summary>Accepted; the client has not been told its session id yet.</summary>
    Opening,

    /// <summary>Messages go both ways.</summary>
    Open,

    /// <summary>It has ended for the application; what was queued is still on its way to the client.</summary>
    Closing,

    /// <summary>It has ended.</summary>
    Closed,
}
