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

    public void Arrived(long number, string holder, Receipt receipt)
    {
        if (_pending.TryGetValue(number, out var pending))
        {
            pending.Add(holder, receipt);
        }
    }

    internal sealed class Pending(PendingReceipts owner, long number) : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, Receipt> _arrived = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IReadOnlyCollection<string>? _expected;

        public long Number => number;

        public void Add(string holder, Receipt receipt)
        {
            lock (_lock)
            {
                _arrived[holder] = receipt;
            }

            CompleteIfAll();
        }

        /// <summary>Waits until all of them have answered, or the time is over.</summary>
        /// <returns>What each that answered said.</returns>
        public async Task<IReadOnlyDictionary<string, Receipt>> WaitAsync(
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
                return new Dictionary<string, Receipt>(_arrived);
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
