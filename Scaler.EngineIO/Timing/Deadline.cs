namespace Scaler.EngineIO.Timing;

/// <summary>
/// A deadline that is also a node of the linked list that it waits in, so that arming and disarming it does not allocate. Its
/// properties belong to <see cref="DeadlineClock"/> and are guarded by that clock's lock.
/// </summary>
internal abstract class Deadline
{
    internal Deadline? Previous { get; set; }

    internal Deadline? Next { get; set; }

    internal DeadlineList? List { get; set; }

    internal long Due { get; set; }

    /// <summary>
    /// Called on the clock's timer, without the clock's lock. The deadline may have been rearmed or disarmed meanwhile, so an
    /// implementation checks its own state first. It must not block or throw.
    /// </summary>
    public abstract void Expire();
}
