namespace Scaler.EngineIO.Timing;

/// <summary>
/// Runs all deadlines of a server on one timer. The timer is set to the earliest deadline, but at least one quantum (10 ms)
/// ahead, so that thousands of sessions cause at most 100 wake-ups per second. One lock guards the lists and the timer. It is
/// held for a few instructions; deadlines expire outside the lock.
/// </summary>
/// <remarks>
/// A deadline that throws affects no other deadline. Its exception is reported: in a timer callback, it would end the process.
/// </remarks>
internal sealed class DeadlineClock : IDisposable
{
    private static readonly TimeSpan Quantum = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly List<DeadlineList> _lists = [];
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onError;
    private readonly ITimer _timer;
    private readonly long _quantum;
    private long _wakeAt = long.MaxValue;
    private bool _disposed;

    /// <summary>Creates a clock.</summary>
    /// <param name="time">The source of the time.</param>
    /// <param name="onError">The callback for the exception of a deadline. It must not throw.</param>
    public DeadlineClock(TimeProvider time, Action<Exception> onError)
    {
        (_time, _onError) = (time, onError);
        _quantum = ToTicks(Quantum);
        _timer = time.CreateTimer(static state => ((DeadlineClock)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets the current time, in timestamp ticks of the time provider, the unit of all deadlines.</summary>
    public long Now => _time.GetTimestamp();

    /// <summary>Creates a list for deadlines of the same duration.</summary>
    public DeadlineList CreateList(TimeSpan duration)
    {
        var list = new DeadlineList(ToTicks(duration));
        lock (_lock)
        {
            _lists.Add(list);
        }

        return list;
    }

    /// <summary>Arms a deadline, starting now. If the deadline is already armed, the new time replaces the old one.</summary>
    public void Arm(Deadline deadline, DeadlineList list) => Arm(deadline, list, Now);

    /// <summary>
    /// Arms a deadline whose duration started when a previous deadline was due. At most four quanta (40 ms) of delay are
    /// compensated, so that a server that was suspended does not close its clients.
    /// </summary>
    public void ArmFrom(Deadline deadline, DeadlineList list, long from) => Arm(deadline, list, Math.Max(from, Now - (4 * _quantum)));

    /// <summary>Disarms a deadline. Does nothing if it is not armed.</summary>
    public void Disarm(Deadline deadline)
    {
        lock (_lock)
        {
            deadline.List?.Remove(deadline);
        }
    }

    /// <summary>Expires all deadlines of a list immediately.</summary>
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

        Expire(due);
    }

    /// <summary>
    /// Determines whether a deadline is armed in a list and overdue, because the timer has not fired for it yet.
    /// </summary>
    public bool IsOverdue(Deadline deadline, DeadlineList list)
    {
        lock (_lock)
        {
            return deadline.List == list && deadline.Due <= Now;
        }
    }

    /// <summary>Determines whether a deadline is armed.</summary>
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
            // Two threads may read the time in one order and get the lock in the other. The maximum keeps the list ordered.
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

        if (due is not null)
        {
            Expire(due);
        }
    }

    private void Expire(List<Deadline> due)
    {
        foreach (var deadline in due)
        {
            try
            {
                deadline.Expire();
            }
            catch (Exception exception)
            {
                _onError(exception);
            }
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
        // Timers have a resolution of 1 ms. Rounding down would fire the timer just before the deadline.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((_wakeAt - now) * 1000.0 / _time.TimestampFrequency));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private long ToTicks(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);
}
