namespace Scaler.Cluster;

/// <summary>
/// Redis's clock, as far as this server can tell it: what servers stamp their messages with, so that the one that receives can
/// say how long each was under way although their own clocks differ. Learned from the answers to renewals, for nothing; off by
/// half of a renewal's round trip at most. Stamps are microseconds modulo 2^32; 0 means not known.
/// </summary>
internal sealed class ClusterClock(TimeProvider time)
{
    /// <summary>For how many renewals a quick answer is trusted more than a slower one: clocks drift apart.</summary>
    private const int TrustedFor = 60;

    private long _offset;
    private long _roundTrip = long.MaxValue;
    private int _age;
    private volatile bool _known;

    /// <summary>The stamp of now, or 0.</summary>
    public int Stamp => _known ? Now | 1 : 0;

    private int Now => unchecked((int)(Microseconds(time.GetTimestamp()) + Volatile.Read(ref _offset)));

    /// <summary>Learns from an answer. The quicker it came, the better it tells the time.</summary>
    /// <param name="asked">The timestamp of the question.</param>
    /// <param name="clock">What Redis's clock showed, in microseconds.</param>
    public void Learn(long asked, long clock)
    {
        var answered = time.GetTimestamp();
        var roundTrip = Microseconds(answered) - Microseconds(asked);
        if (roundTrip <= _roundTrip || ++_age >= TrustedFor)
        {
            (_roundTrip, _age) = (roundTrip, 0);
            Volatile.Write(ref _offset, clock - Microseconds(asked) - (roundTrip / 2));
            _known = true;
        }
    }

    /// <summary>Forgets all: another Redis, with another clock, may answer from now on.</summary>
    public void Forget() => (_known, _roundTrip, _age) = (false, long.MaxValue, 0);

    /// <summary>The microseconds since a stamp, not less than 0; null where either clock is not known.</summary>
    public int? Since(int stamp) => stamp == 0 || !_known ? null : Math.Max(unchecked(Now - stamp), 0);

    private long Microseconds(long timestamp) => (long)((Int128)timestamp * 1_000_000 / time.TimestampFrequency);
}
