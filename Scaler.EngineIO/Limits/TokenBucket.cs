namespace Scaler.EngineIO.Limits;

/// <summary>A token bucket that gains tokens at a constant rate up to its capacity.</summary>
/// <param name="perSecond">The tokens added per second.</param>
/// <param name="capacity">The maximum number of tokens, which is also the initial number.</param>
/// <param name="now">The current timestamp of the time provider.</param>
internal struct TokenBucket(double perSecond, double capacity, long now)
{
    private readonly double _perSecond = perSecond;
    private readonly double _capacity = capacity;
    private double _tokens = capacity;
    private long _updatedAt = now;

    /// <summary>Takes tokens if the bucket contains enough of them.</summary>
    /// <returns><see langword="true"/> if the tokens were taken; otherwise, <see langword="false"/>.</returns>
    public bool TryTake(double count, long now, TimeProvider time)
    {
        _tokens = Math.Min(_capacity, _tokens + (time.GetElapsedTime(_updatedAt, now).TotalSeconds * _perSecond));
        _updatedAt = now;
        if (_tokens < count)
        {
            return false;
        }

        _tokens -= count;
        return true;
    }
}
