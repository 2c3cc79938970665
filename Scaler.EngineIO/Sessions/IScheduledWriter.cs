namespace Scaler.EngineIO.Sessions;

/// <summary>Represents a connection whose broadcast writes run in turns of a <see cref="BroadcastScheduler"/>.</summary>
internal interface IScheduledWriter
{
    /// <summary>Writes the pending output. A large backlog continues in a later turn.</summary>
    /// <param name="scheduler">The scheduler that runs the later turns.</param>
    void Write(BroadcastScheduler scheduler);
}
