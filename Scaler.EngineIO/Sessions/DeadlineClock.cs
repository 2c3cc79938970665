namespace Scaler.EngineIO.Sessions;

/// <summary>
/// All deadlines of a server on one timer. The timer is set for the earliest of them, but never for less than a quantum, so
/// that thousands of sessions make at most a hundred wake-ups a second. Lists and timer are guarded by one lock, held for
/// a few instructions; deadlines expire outside of it.
/// </summary>
internal sealed class DeadlineClock : IDisposable
{
    private static readonly TimeSpan Quantum = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly List<DeadlineList> _lists = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _quantum;
    private long _wakeAt = long.MaxValue;
    private bool _disposed;

    public DeadlineClock(TimeProvider time)
    {
        _time = time;
        _quantum = ToTicks(Quantum);
        _timer = time.CreateTimer(static state => ((DeadlineClock)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The time now, in the ticks that deadlines are in.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>Makes a list for deadlines of one duration.</summary>
    public DeadlineList CreateList(TimeSpan duration)
    {
        var list = new DeadlineList(ToTicks(duration));
        lock (_lock)
        {
            _lists.Add(list);
        }

        return list;
    }

    /// <summary>Arms a deadline from now; if it is armed already, the former time is forgotten.</summary>
    public void Arm(Deadline deadline, DeadlineList list) => Arm(deadline, list, Now);

    /// <summary>
    /// Arms a deadline whose duration began a little earlier, when another one was due. More than a few quanta are not made
    /// up for: a server that was asleep must not hold that against its clients.
    /// </summary>
    public void ArmBehind(Deadline deadline, DeadlineList list, long from) => Arm(deadline, list, Math.Max(from, Now - (4 * _quantum)));

    /// <summary>Forgets a deadline, if it is armed.</summary>
    public void Disarm(Deadline deadline)
    {
        lock (_lock)
        {
            deadline.List?.Remove(deadline);
        }
    }

    /// <summary>Lets all deadlines of a list expire now.</summary>
    public void ExpireAll(DeadlineList list)
    {
        var due = new List<Deadline>();
        lock (_lock)
        {
            while (list.First is { } first)
            {
                list.Remove(first);
                due.Add(first);
            }
        }

        foreach (var deadline in due)
        {
            deadline.Expire();
        }
    }

    /// <summary>Whether a deadline waits in this list, and is past although the timer has not come to it yet.</summary>
    public bool IsPast(Deadline deadline, DeadlineList list)
    {
        lock (_lock)
        {
            return deadline.List == list && deadline.Due <= Now;
        }
    }

    /// <summary>Whether a deadline waits in a list.</summary>
    public bool IsArmed(Deadline deadline)
    {
        lock (_lock)
        {
            return deadline.List is not null;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    private void Arm(Deadline deadline, DeadlineList list, long from)
    {
        lock (_lock)
        {
            deadline.List?.Remove(deadline);
            // The list stays ordered even when two threads read the time in one order and come here in the other.
            deadline.Due = Math.Max(from + list.Duration, list.Last?.Due ?? 0);
            list.Append(deadline);
            if (deadline.Due < _wakeAt)
            {
                WakeAt(deadline.Due);
            }
        }
    }

    private void OnTimer()
    {
        List<Deadline>? due = null;
        lock (_lock)
        {
            var now = Now;
            foreach (var list in _lists)
            {
                while (list.First is { } first && first.Due <= now)
                {
                    list.Remove(first);
                    (due ??= []).Add(first);
                }
            }

            _wakeAt = long.MaxValue;
            var next = long.MaxValue;
            foreach (var list in _lists)
            {
                next = Math.Min(next, list.First?.Due ?? long.MaxValue);
            }

            if (next != long.MaxValue)
            {
                WakeAt(next);
            }
        }

        foreach (var deadline in due ?? [])
        {
            deadline.Expire();
        }
    }

    private void WakeAt(long due)
    {
        if (_disposed)
        {
            return;
        }

        var now = Now;
        _wakeAt = Math.Max(due, now + _quantum);
        // Timers count whole milliseconds; rounding down would wake the clock just before it is due.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((_wakeAt - now) * 1000.0 / _time.TimestampFrequency));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private long ToTicks(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);
}
