using System.Numerics;

namespace Scaler.Benchmarks.Load.Measuring;

/// <summary>Durations, each kept to a 32nd of itself, in a fixed amount of memory.</summary>
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

    /// <summary>The duration that a share of all did not exceed, in milliseconds.</summary>
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
