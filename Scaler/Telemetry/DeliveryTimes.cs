using System.Numerics;

namespace Scaler;

/// <summary>
/// How long messages of other servers were under way, over the last renewals. Recording is an increment of one counter of many;
/// a bucket is an eighth of a power of two wide, so what is told is at most that much too high.
/// </summary>
internal sealed class DeliveryTimes
{
    private const int Steps = 8;
    private const int Window = 10;

    private readonly long[] _counts = new long[(31 - 2) * Steps];
    private readonly Queue<long[]> _before = new();

    /// <summary>Counts a delivery, from any thread.</summary>
    public void Record(int microseconds) => Interlocked.Increment(ref _counts[IndexOf(microseconds)]);

    /// <summary>Sums up the deliveries since the tenth call before this one. Not for two threads at once.</summary>
    public DeliverySummary Sum()
    {
        var now = new long[_counts.Length];
        for (var i = 0; i < now.Length; i++)
        {
            now[i] = Interlocked.Read(ref _counts[i]);
        }

        _before.TryPeek(out var then);
        var recent = now.Select((count, i) => count - (then?[i] ?? 0)).ToArray();
        _before.Enqueue(now);
        if (_before.Count > Window)
        {
            _before.Dequeue();
        }

        var total = recent.Sum();
        return total == 0 ? default : new DeliverySummary(total, Milliseconds(recent, total, 0.5), Milliseconds(recent, total, 0.99));
    }

    private static double Milliseconds(long[] counts, long total, double part)
    {
        var left = (long)Math.Ceiling(total * part);
        var index = 0;
        while ((left -= counts[index]) > 0)
        {
            index++;
        }

        return UpperBound(index) / 1000.0;
    }

    // 0…7 have a bucket each; from then on each power of two has eight.
    private static int IndexOf(int microseconds)
    {
        if (microseconds < Steps)
        {
            return Math.Max(microseconds, 0);
        }

        var exponent = BitOperations.Log2((uint)microseconds);
        return ((exponent - 2) * Steps) + ((microseconds >> (exponent - 3)) & (Steps - 1));
    }

    private static long UpperBound(int index) =>
        index < Steps ? index : ((long)(Steps + (index % Steps) + 1) << ((index / Steps) - 1)) - 1;
}
