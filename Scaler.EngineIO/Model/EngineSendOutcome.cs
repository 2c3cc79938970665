namespace Scaler.EngineIO;

/// <summary>Specifies the result of sending a message.</summary>
public enum EngineSendOutcome
{
    /// <summary>The message is queued. It is sent in order, unless the session ends first.</summary>
    Sent,

    /// <summary>The message was volatile, and could not be written immediately. It was not queued.</summary>
    Dropped,

    /// <summary>The message was not sent: the session has ended, or is being closed because its queue was full.</summary>
    Closed,
}
