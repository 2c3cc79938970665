namespace Scaler.Cluster.Node;

/// <summary>
/// Estimates the clock of Redis. Servers stamp their messages with it, so a receiver can compute the transit time of a message
/// although the servers' own clocks differ. The estimate comes from the replies to lease renewals, at no extra cost. Its error
/// is at most half the round trip of a renewal. A stamp is in microseconds, modulo 2^32; 0 means unknown.
/// </summary>
internal sealed class ClusterClock(TimeProvider time)
{
    /// <summary>The number of renewals after which a slower sample replaces a faster one, because clocks drift apart.</summary>
    private const int MaxSampleAge = 60;

    private long _offset;
    private long _roundTrip = long.MaxValue;
    private int _sampleAge;
    private volatile bool _known;

    /// <summary>Gets the stamp for the current time, or 0 if Redis's clock is unknown.</summary>
    public int Stamp => _known ? Now | 1 : 0;

    private int Now => unchecked((int)(Microseconds(time.GetTimestamp()) + Volatile.Read(ref _offset)));

    /// <summary>Updates the estimate from a renewal's reply. A faster round trip gives a more accurate sample.</summary>
    /// <param name="asked">The local timestamp when the request was sent.</param>
    /// <param name="clock">The time of Redis's clock in the reply, in microseconds.</param>
    public void Update(long asked, long clock)
    {
        var receivedAt = time.GetTimestamp();
        var roundTrip = Microseconds(receivedAt) - Microseconds(asked);
        if (roundTrip <= _roundTrip || ++_sampleAge >= MaxSampleAge)
        {
            (_roundTrip, _sampleAge) = (roundTrip, 0);
            Volatile.Write(ref _offset, clock - Microseconds(asked) - (roundTrip / 2));
            _known = true;
        }
    }

    /// <summary>Discards the estimate, because a different Redis server with a different clock may answer next.</summary>
    public void Reset() => (_known, _roundTrip, _sampleAge) = (false, long.MaxValue, 0);

    /// <summary>
    /// Returns the microseconds since a stamp, at least 0, or <see langword="null"/> if the sender's stamp or Redis's clock is
    /// unknown.
    /// </summary>
    public int? GetElapsedMicroseconds(int stamp) => stamp == 0 || !_known ? null : Math.Max(unchecked(Now - stamp), 0);

    private long Microseconds(long timestamp) => (long)((Int128)timestamp * 1_000_000 / time.TimestampFrequency);
}
