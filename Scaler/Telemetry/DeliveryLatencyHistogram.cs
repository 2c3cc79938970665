using System.Numerics;

namespace Scaler;

/// <summary>
/// A histogram of the delivery latency of messages from other servers, over the last 10 lease renewals. To record a value is
/// one interlocked increment. Each power of two has 8 buckets and the summary reports the upper bound of a bucket, so a
/// reported value is at most 1/8 too high.
/// </summary>
internal sealed class DeliveryLatencyHistogram
{
    private const int BucketsPerPower = 8;
    private const int Window = 10;

    private readonly long[] _counts = new long[(31 - 2) * BucketsPerPower];
    private readonly Queue<long[]> _snapshots = new();

    /// <summary>Records a delivery. Thread-safe.</summary>
    public void Record(int microseconds) => Interlocked.Increment(ref _counts[IndexOf(microseconds)]);

    /// <summary>Summarizes the deliveries since the tenth call before this one. Not thread-safe.</summary>
    public DeliveryLatencySummary Summarize()
    {
        var current = new long[_counts.Length];
        for (var i = 0; i < current.Length; i++)
        {
            current[i] = Interlocked.Read(ref _counts[i]);
        }

        _snapshots.TryPeek(out var oldest);
        var recent = current.Select((count, i) => count - (oldest?[i] ?? 0)).ToArray();
        _snapshots.Enqueue(current);
        if (_snapshots.Count > Window)
        {
            _snapshots.Dequeue();
        }

        var total = recent.Sum();
        return total == 0
            ? default
            : new DeliveryLatencySummary(total, Milliseconds(recent, total, 0.5), Milliseconds(recent, total, 0.99));
    }

    private static double Milliseconds(long[] counts, long total, double quantile)
    {
        var remaining = (long)Math.Ceiling(total * quantile);
        var index = 0;
        while ((remaining -= counts[index]) > 0)
        {
            index++;
        }

        return UpperBound(index) / 1000.0;
    }

    // The values 0 to 7 have one bucket each. Each greater power of two has 8 buckets.
    private static int IndexOf(int microseconds)
    {
        if (microseconds < BucketsPerPower)
        {
            return Math.Max(microseconds, 0);
        }

        var exponent = BitOperations.Log2((uint)microseconds);
        return ((exponent - 2) * BucketsPerPower) + ((microseconds >> (exponent - 3)) & (BucketsPerPower - 1));
    }

    private static long UpperBound(int index) => index < BucketsPerPower
        ? index
        : ((long)(BucketsPerPower + (index % BucketsPerPower) + 1) << ((index / BucketsPerPower) - 1)) - 1;
}
