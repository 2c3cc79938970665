using System.Diagnostics.CodeAnalysis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Gathers what is to be done while a call to Redis is under way, and does it together in the next one: most of what a call costs,
/// there and here, it costs whatever it carries. Nothing waits while no call is under way, but for a thread of the pool: a call is made
/// behind what the pool has to do already, and carries what comes of that too. There is no timer. What is added first is committed first.
/// <para>
/// One call is under way at a time, and others behind it only where they may be and enough waits to fill them. So an entry takes two round
/// trips at most, 2 ms where Redis is 1 ms away, unless it stands behind more than that. With more calls under way it would wait less, but
/// each would carry less: the fewer there are, the cheaper an entry becomes, just when there is much to do.
/// </para>
/// <para>
/// A call that is not answered in time takes all that wait with it, for Redis would not answer them either: what waits at a Redis that is
/// silent is no more than comes in one time-out. After any other failure those that wait are tried.
/// </para>
/// </summary>
/// <param name="commit">Commits entries and tells each its result, or throws. The list is used again afterwards.</param>
/// <param name="fits">Whether an entry can go in one call with the one before it.</param>
/// <param name="schedule">Has calls made. Default: by the pool, and not in the context of whoever came first, for they are not only its own.</param>
/// <param name="mostEntries">How many entries go in one call. Default: <see cref="MostEntries"/>.</param>
/// <param name="mostUnderWay">How many calls may be under way. Default: 2.</param>
internal sealed class GroupCommit<T>(
    Func<List<T>, Task> commit,
    Func<T, T, bool> fits,
    Action<IThreadPoolWorkItem>? schedule = null,
    int mostEntries = GroupCommit<T>.MostEntries,
    int mostUnderWay = 2) : IThreadPoolWorkItem
    where T : class, IGroupEntry
{
    /// <summary>How many entries go in one call, so that Redis is not held up for long: so many sends take it some 0.15 ms, so many registrations 0.45 ms.</summary>
    public const int MostEntries = 64;

    /// <summary>How many bytes go in one call. An entry that is larger goes alone.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>How many bytes may wait. Only a Redis that does not answer lets as much gather, where many send without awaiting.</summary>
    public const int MostBytesWaiting = 64 * 1024 * 1024;

    private readonly Action<IThreadPoolWorkItem> _schedule =
        schedule ?? (static group => ThreadPool.UnsafeQueueUserWorkItem(group, preferLocal: false));

    // Guards all below. It is not held while the client is given a call, nor while an entry is told its result.
    private readonly Lock _lock = new();
    private readonly Queue<T> _waiting = new();

    // Goes before all that waits, and has no bounds: what a call asks for is no more than what it carried.
    private readonly Queue<T> _ahead = new();
    private int _entriesWaiting;
    private long _bytesWaiting;
    private int _underWay;

    // The list of a call that has ended, for the next.
    private List<T>? _spare;

    // Whether a thread is giving the client calls, or is about to: only one does at a time, or they could change places.
    private bool _giving;

    private bool MayCall => _waiting.Count + _ahead.Count > 0
        && (_underWay == 0 || (_underWay < mostUnderWay && (_entriesWaiting >= mostEntries || _bytesWaiting >= MostBytes)));

    /// <summary>Has an entry committed: now where no call is under way.</summary>
    public void Add(T entry)
    {
        bool full, give = false;
        lock (_lock)
        {
            full = _bytesWaiting >= MostBytesWaiting;
            if (!full)
            {
                _waiting.Enqueue(entry);
                _entriesWaiting += entry.Entries;
                _bytesWaiting += entry.Bytes;
                _giving |= give = !_giving && MayCall;
            }
        }

        if (full)
        {
            entry.Fail(new TimeoutException($"More than {MostBytesWaiting} bytes wait for Redis."));
        }
        else if (give)
        {
            _schedule(this);
        }
    }

    /// <summary>
    /// Has entries committed before all others that wait. For a commit that has found what else is to be done, and has not ended yet: then
    /// the next call begins with it.
    /// </summary>
    public void AddAhead(IReadOnlyList<T> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                _ahead.Enqueue(entry);
                _entriesWaiting += entry.Entries;
                _bytesWaiting += entry.Bytes;
            }
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (TryTake(out var entries))
        {
            _ = CallAsync(entries);
        }
    }

    private async Task CallAsync(List<T> entries)
    {
        var call = commit(entries);
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failure = call.IsCompletedSuccessfully ? null : call.Exception?.InnerException ?? new TaskCanceledException(call);
        bool give;
        lock (_lock)
        {
            _underWay--;
            if (failure is null)
            {
                entries.Clear();
                _spare = entries;
            }
            else if (failure is TimeoutException)
            {
                entries.AddRange(_ahead);
                entries.AddRange(_waiting);
                _ahead.Clear();
                _waiting.Clear();
                (_entriesWaiting, _bytesWaiting) = (0, 0);
            }

            _giving |= give = !_giving && MayCall;
        }

        if (give)
        {
            _schedule(this);
        }

        if (failure is not null)
        {
            foreach (var entry in entries)
            {
                entry.Fail(failure);
            }
        }
    }

    private bool TryTake(out List<T> entries)
    {
        lock (_lock)
        {
            if (!MayCall)
            {
                entries = [];
                return _giving = false;
            }

            _underWay++;
            (entries, _spare) = (_spare ?? new List<T>(mostEntries), null);
            var (count, bytes) = (0, 0);
            while (TryPeek(out var next)
                && (entries.Count == 0 || (count + next.Entries <= mostEntries && bytes + next.Bytes <= MostBytes && fits(entries[^1], next))))
            {
                entries.Add(_ahead.Count > 0 ? _ahead.Dequeue() : _waiting.Dequeue());
                count += next.Entries;
                bytes += next.Bytes;
            }

            _entriesWaiting -= count;
            _bytesWaiting -= bytes;
            return true;
        }
    }

    private bool TryPeek([MaybeNullWhen(false)] out T next) => _ahead.TryPeek(out next) || _waiting.TryPeek(out next);
}
