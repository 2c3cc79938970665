using System.Collections.Concurrent;

namespace Scaler.Cluster;

/// <summary>Sends of this process that wait for the receipts of other servers.</summary>
internal sealed class PendingReceipts
{
    private readonly ConcurrentDictionary<long, Pending> _pending = new();
    private long _number;

    /// <summary>Begins to wait. Dispose ends it, whatever has arrived.</summary>
    public Pending Begin()
    {
        var pending = new Pending(this, Interlocked.Increment(ref _number));
        _pending[pending.Number] = pending;
        return pending;
    }

    public void Arrived(long number, string holder, int count)
    {
        if (_pending.TryGetValue(number, out var pending))
        {
            pending.Add(holder, count);
        }
    }

    internal sealed class Pending(PendingReceipts owner, long number) : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, int> _arrived = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IReadOnlyCollection<string>? _expected;

        public long Number => number;

        public void Add(string holder, int count)
        {
            lock (_lock)
            {
                _arrived[holder] = count;
            }

            CompleteIfAll();
        }

        /// <summary>Waits until all of them have answered, or the time is over.</summary>
        /// <returns>What each that answered said.</returns>
        public async Task<IReadOnlyDictionary<string, int>> WaitAsync(
            IReadOnlyCollection<string> holders, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _expected = holders;
            }

            CompleteIfAll();
            try
            {
                await _all.Task.WaitAsync(timeout, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Those who have not answered are named in the result.
            }

            lock (_lock)
            {
                return new Dictionary<string, int>(_arrived);
            }
        }

        public void Dispose() => owner._pending.TryRemove(number, out _);

        private void CompleteIfAll()
        {
            lock (_lock)
            {
                if (_expected is null || !_expected.All(_arrived.ContainsKey))
                {
                    return;
                }
            }

            _all.TrySetResult();
        }
    }
}
