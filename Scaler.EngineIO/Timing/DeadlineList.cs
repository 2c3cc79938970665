namespace Scaler.EngineIO.Timing;

/// <summary>
/// A linked list of deadlines with the same duration. The deadline that is armed last is due last, so appending keeps the list
/// ordered, and arming takes constant time for any number of sessions.
/// </summary>
internal sealed class DeadlineList(long duration)
{
    /// <summary>Gets the duration, in timestamp ticks of the time provider.</summary>
    public long Duration { get; } = duration;

    internal Deadline? First { get; private set; }

    internal Deadline? Last { get; private set; }

    internal void Append(Deadline deadline)
    {
        deadline.List = this;
        deadline.Previous = Last;
        if (Last is null)
        {
            First = deadline;
        }
        else
        {
            Last.Next = deadline;
        }

        Last = deadline;
    }

    internal void Remove(Deadline deadline)
    {
        if (deadline.Previous is null)
        {
            First = deadline.Next;
        }
        else
        {
            deadline.Previous.Next = deadline.Next;
        }

        if (deadline.Next is null)
        {
            Last = deadline.Previous;
        }
        else
        {
            deadline.Next.Previous = deadline.Previous;
        }

        deadline.Previous = null;
        deadline.Next = null;
        deadline.List = null;
    }
}
