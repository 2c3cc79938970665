namespace Scaler.Cluster.Node;

/// <summary>
/// Estimates the clock of Redis. Servers stamp their envelopes with it, so a receiver can compute the transit time of a message,
/// and refuse an old one, although the servers' own clocks differ. The estimate comes from the replies to lease renewals and to
/// reads of the servers, at no extra cost. Its error is at most half the round trip. A stamp is in microseconds; 0 means unknown.
/// </summary>
internal sealed class ClusterClock(TimeProvider time)
{
    /// <summary>The number of renewals after which a slower sample replaces a faster one, because clocks drift apart.</summary>
    private const int MaxSampleAge = 60;

    /// <summary>The difference, beyond the round trip, at which a sample means that Redis's clock has been set.</summary>
    private const long JumpMicroseconds = 1_000_000;

    private const long MaxAgeMicroseconds = 60_000_000;

    /// <summary>The tolerated age of an envelope from before this process started, because the estimates have errors.</summary>
    private const long StartToleranceMicroseconds = 1_000_000;

    private static readonly TimeSpan MaxEstimateAge = TimeSpan.FromMinutes(10);

    private readonly long _startedAt = time.GetTimestamp();
    private readonly Lock _lock = new();
    private long _offset;
    private long _roundTrip = long.MaxValue;
    private int _sampleAge;
    private long _updatedAt;
    private volatile bool _known;

    /// <summary>Gets the stamp for the current time, or 0 if Redis's clock is unknown.</summary>
    public long Stamp => _known ? Now : 0;

    /// <summary>Gets a value indicating whether the estimate is known and at most 10 minutes old.</summary>
    public bool IsCurrent => _known && time.GetElapsedTime(Volatile.Read(ref _updatedAt)) < MaxEstimateAge;

    private long Now => Microseconds(time.GetTimestamp()) + Volatile.Read(ref _offset);

    /// <summary>Updates the estimate from a reply. A faster round trip gives a more accurate sample.</summary>
    /// <param name="asked">The local timestamp when the request was sent.</param>
    /// <param name="clock">The time of Redis's clock in the reply, in microseconds.</param>
    /// <param name="replace">
    /// <see langword="true"/> to discard the previous estimate, because a different Redis server may have answered.
    /// </param>
    public void Update(long asked, long clock, bool replace = false)
    {
        var receivedAt = time.GetTimestamp();
        var roundTrip = Microseconds(receivedAt) - Microseconds(asked);
        var offset = clock - Microseconds(asked) - (roundTrip / 2);
        lock (_lock)
        {
            if (replace || roundTrip <= _roundTrip || ++_sampleAge >= MaxSampleAge
                || Math.Abs(offset - _offset) > roundTrip + JumpMicroseconds)
            {
                (_roundTrip, _sampleAge) = (roundTrip, 0);
                Volatile.Write(ref _offset, offset);
                _known = true;
            }

            Volatile.Write(ref _updatedAt, receivedAt);
        }
    }

    /// <summary>
    /// Returns the microseconds since a stamp, at least 0, or <see langword="null"/> if the sender's stamp or Redis's clock is
    /// unknown.
    /// </summary>
    public int? GetElapsedMicroseconds(long stamp) =>
        stamp == 0 || !_known ? null : (int)Math.Clamp(Now - stamp, 0, int.MaxValue);

    /// <summary>
    /// Returns <see langword="false"/> if a stamp is more than a minute away from now, or from before this process started;
    /// otherwise, <see langword="true"/>. This process does not know what was sent before it started, so it could not recognize a
    /// repetition. Returns <see langword="true"/> while Redis's clock is unknown.
    /// </summary>
    public bool IsFresh(long stamp)
    {
        if (!_known)
        {
            return true;
        }

        var timestamp = time.GetTimestamp();
        var age = Microseconds(timestamp) + Volatile.Read(ref _offset) - stamp;
        var running = Microseconds(timestamp) - Microseconds(_startedAt);
        return age >= -MaxAgeMicroseconds && age <= Math.Min(MaxAgeMicroseconds, running + StartToleranceMicroseconds);
    }

    private long Microseconds(long timestamp) => (long)((Int128)timestamp * 1_000_000 / time.TimestampFrequency);
}
