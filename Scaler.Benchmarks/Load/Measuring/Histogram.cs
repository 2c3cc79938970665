using System.Numerics;

namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>A histogram of durations with a relative precision of 1/32, in a fixed amount of memory.</summary>
internal sealed class Histogram
{
    private const int Steps = 32;
    private readonly long[] _counts = new long[64 * Steps];

    public long Count { get; private set; }

    public void Add(TimeSpan duration)
    {
        var ticks = (ulong)Math.Max(1, duration.Ticks);
        var exponent = BitOperations.Log2(ticks);
        var step = exponent < 5 ? 0 : (int)((ticks >> (exponent - 5)) & (Steps - 1));
        _counts[(exponent * Steps) + step]++;
        Count++;
    }

    /// <summary>Returns a quantile, in milliseconds; not a number if the histogram is empty.</summary>
    /// <param name="share">The quantile, from 0 to 1, such as 0.99 for the 99th percentile.</param>
    public double Quantile(double share)
    {
        var rank = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < _counts.Length; i++)
        {
            rank -= _counts[i];
            if (rank <= 0 && Count > 0)
            {
                var low = Math.Pow(2, i / Steps);
                return low * (1 + ((i % Steps) + 0.5) / Steps) / TimeSpan.TicksPerMillisecond;
            }
        }

        return double.NaN;
    }
}
