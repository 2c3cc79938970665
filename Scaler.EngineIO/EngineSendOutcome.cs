namespace Scaler.EngineIO;

/// <summary>What became of a message that was to be sent.</summary>
public enum EngineSendOutcome
{
    /// <summary>It is queued, and leaves in order unless the session ends before.</summary>
    Sent,

    /// <summary>It was volatile, and the queue was full.</summary>
    Dropped,

    /// <summary>The session has ended, or ended because its queue was full.</summary>
    Closed,
}
