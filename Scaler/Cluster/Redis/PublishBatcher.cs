using System.Diagnostics.CodeAnalysis;

namespace Scaler.Cluster.Redis;

/// <summary>
/// Batches entries into calls to Redis. Entries that are added while a call is in flight go together in the next call. Most of a
/// call's cost, in Redis and in this process, does not depend on its size. There is no timer. If no call is in flight,
/// an entry only waits for a thread-pool thread. The call runs behind the work items that are already queued, and also carries
/// the entries that they add. Entries are committed in the order in which they were added.
/// <para>
/// Normally, one call is in flight. Another call follows only if <paramref name="mostUnderWay"/> allows it and enough entries
/// are queued to fill it. An entry therefore takes at most two round trips, unless more entries than fit in a call are queued
/// before it. That is 2 ms if Redis is 1 ms away. More concurrent calls would shorten the wait, but each would carry less. With
/// few calls, an entry gets cheaper as the load grows.
/// </para>
/// <para>
/// If a call times out, all queued entries fail with it, because Redis would not answer them either. While Redis does not
/// respond, the queue therefore holds no more than the entries of one timeout. After any other failure, the queued entries are
/// still sent.
/// </para>
/// </summary>
/// <param name="commit">
/// The callback that commits entries and completes each one, or throws. The list is reused afterwards.
/// </param>
/// <param name="fits">
/// The callback that returns <see langword="true"/> if an entry can be in the same call as the entry before it.
/// </param>
/// <param name="schedule">
/// The callback that runs the calls. The default queues them to the thread pool without the execution context of the caller,
/// because a call carries entries of several callers.
/// </param>
/// <param name="mostEntries">The maximum number of entries per call. The default is <see cref="MaxEntries"/>.</param>
/// <param name="mostUnderWay">The maximum number of calls in flight. The default is 2.</param>
internal sealed class PublishBatcher<T>(
    Func<List<T>, Task> commit,
    Func<T, T, bool> fits,
    Action<IThreadPoolWorkItem>? schedule = null,
    int mostEntries = PublishBatcher<T>.MaxEntries,
    int mostUnderWay = 2) : IThreadPoolWorkItem
    where T : class, IBatchEntry
{
    /// <summary>
    /// The maximum number of entries in one call. The limit keeps Redis responsive: this number of sends takes Redis about 0.15
    /// ms, and this number of registrations about 0.45 ms.
    /// </summary>
    public const int MaxEntries = 64;

    /// <summary>The maximum number of bytes in one call. A larger entry is sent alone.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>
    /// The maximum number of queued bytes. It is reached only if Redis does not answer and many callers send without awaiting the
    /// result.
    /// </summary>
    public const int MaxQueuedBytes = 64 * 1024 * 1024;

    private readonly Action<IThreadPoolWorkItem> _schedule =
        schedule ?? (static group => ThreadPool.UnsafeQueueUserWorkItem(group, preferLocal: false));

    // Guards all fields below. It is not held while a call is passed to the Redis client, nor while an entry is completed.
    private readonly Lock _lock = new();
    private readonly Queue<T> _queue = new();

    // Entries that go before the queue. It needs no limit: a call adds only entries for what it carried.
    private readonly Queue<T> _priority = new();
    private int _queuedEntries;
    private long _queuedBytes;
    private int _callsInFlight;

    // The list of a completed call, reused by the next one.
    private List<T>? _spareList;

    // True while a thread passes calls to the Redis client, or is about to. Only one thread may do so, to preserve the order.
    private bool _isDispatching;

    private bool CanCall => _queue.Count + _priority.Count > 0
        && (_callsInFlight == 0 || (_callsInFlight < mostUnderWay && (_queuedEntries >= mostEntries || _queuedBytes >= MaxBytes)));

    /// <summary>
    /// Queues an entry. It is sent at once if no call is in flight. If more than <see cref="MaxQueuedBytes"/> bytes are queued,
    /// the entry fails with a <see cref="TimeoutException"/>.
    /// </summary>
    public void Add(T entry)
    {
        bool isFull, dispatch = false;
        lock (_lock)
        {
            isFull = _queuedBytes >= MaxQueuedBytes;
            if (!isFull)
            {
                _queue.Enqueue(entry);
                _queuedEntries += entry.OperationCount;
                _queuedBytes += entry.Bytes;
                _isDispatching |= dispatch = !_isDispatching && CanCall;
            }
        }

        if (isFull)
        {
            entry.Fail(new TimeoutException($"More than {MaxQueuedBytes} bytes are queued for Redis."));
        }
        else if (dispatch)
        {
            _schedule(this);
        }
    }

    /// <summary>
    /// Queues entries ahead of all others. A running commit callback calls it for follow-up entries, so that the next call begins
    /// with them.
    /// </summary>
    public void Prepend(IReadOnlyList<T> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                _priority.Enqueue(entry);
                _queuedEntries += entry.OperationCount;
                _queuedBytes += entry.Bytes;
            }
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (TryDequeueBatch(out var entries))
        {
            _ = CallAsync(entries);
        }
    }

    private async Task CallAsync(List<T> entries)
    {
        var call = commit(entries);
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failure = call.IsCompletedSuccessfully ? null : call.Exception?.InnerException ?? new TaskCanceledException(call);
        bool dispatch;
        lock (_lock)
        {
            _callsInFlight--;
            if (failure is null)
            {
                entries.Clear();
                _spareList = entries;
            }
            else if (failure is TimeoutException)
            {
                entries.AddRange(_priority);
                entries.AddRange(_queue);
                _priority.Clear();
                _queue.Clear();
                (_queuedEntries, _queuedBytes) = (0, 0);
            }

            _isDispatching |= dispatch = !_isDispatching && CanCall;
        }

        if (dispatch)
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

    private bool TryDequeueBatch(out List<T> entries)
    {
        lock (_lock)
        {
            if (!CanCall)
            {
                entries = [];
                return _isDispatching = false;
            }

            _callsInFlight++;
            (entries, _spareList) = (_spareList ?? new List<T>(mostEntries), null);
            var (count, bytes) = (0, 0);
            while (TryPeek(out var next)
                && (entries.Count == 0 || (count + next.OperationCount <= mostEntries && bytes + next.Bytes <= MaxBytes && fits(entries[^1], next))))
            {
                entries.Add(_priority.Count > 0 ? _priority.Dequeue() : _queue.Dequeue());
                count += next.OperationCount;
                bytes += next.Bytes;
            }

            _queuedEntries -= count;
            _queuedBytes -= bytes;
            return true;
        }
    }

    private bool TryPeek([MaybeNullWhen(false)] out T next) => _priority.TryPeek(out next) || _queue.TryPeek(out next);
}
