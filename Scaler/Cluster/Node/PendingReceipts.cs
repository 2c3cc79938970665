using System.Collections.Concurrent;

namespace Scaler.Cluster.Node;

/// <summary>Tracks the sends of this process that wait for receipts from other servers.</summary>
internal sealed class PendingReceipts
{
    private readonly ConcurrentDictionary<long, Pending> _pending = new();
    private long _number;

    /// <summary>Starts collecting receipts under a new number. Dispose the result to stop.</summary>
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
        private readonly Dictionary<string, Receipt> _received = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource _allReceived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IReadOnlyCollection<string>? _expected;

        public long Number => number;

        public void Add(string holder, Receipt receipt)
        {
            lock (_lock)
            {
                _received[holder] = receipt;
            }

            CompleteIfAllReceived();
        }

        /// <summary>Waits until all given server epochs have answered or the timeout expires.</summary>
        /// <returns>The received receipts, by the name of the server epoch.</returns>
        public async Task<IReadOnlyDictionary<string, Receipt>> WaitAsync(
            IReadOnlyCollection<string> holders, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _expected = holders;
            }

            CompleteIfAllReceived();
            try
            {
                await _allReceived.Task.WaitAsync(timeout, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Servers that have not answered are missing from the result.
            }

            lock (_lock)
            {
                return new Dictionary<string, Receipt>(_received);
            }
        }

        public void Dispose() => owner._pending.TryRemove(number, out _);

        private void CompleteIfAllReceived()
        {
            lock (_lock)
            {
                if (_expected is null || !_expected.All(_received.ContainsKey))
                {
                    return;
                }
            }

            _allReceived.TrySetResult();
        }
    }
}
