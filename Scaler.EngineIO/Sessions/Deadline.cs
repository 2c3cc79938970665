namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Something that is due at some time, as a link of the list that it waits in: arming and disarming it allocates nothing. Its fields
/// belong to <see cref="DeadlineClock"/> and are guarded by its lock.
/// </summary>
internal abstract class Deadline
{
    internal Deadline? Previous { get; set; }

    internal Deadline? Next { get; set; }

    internal DeadlineList? List { get; set; }

    internal long Due { get; set; }

    /// <summary>
    /// Called on the clock's timer, without its lock. The deadline may have been armed or disarmed again meanwhile: whoever
    /// implements it looks at its own state first. It must not block and not throw.
    /// </summary>
    public abstract void Expire();
}
