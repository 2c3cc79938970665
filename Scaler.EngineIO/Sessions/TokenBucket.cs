namespace Scaler.EngineIO.Sessions;

/// <summary>So many tokens a second, saved up to some number.</summary>
internal struct TokenBucket(double perSecond, double capacity, long now)
{
    private readonly double _perSecond = perSecond;
    private readonly double _capacity = capacity;
    private double _tokens = capacity;
    private long _at = now;

    /// <summary>Takes tokens, if there are enough.</summary>
    public bool TryTake(double count, long now, TimeProvider time)
    {
        _tokens = Math.Min(_capacity, _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * _perSecond));
        _at = now;
        if (_tokens < count)
        {
            return false;
        }

        _tokens -= count;
        return true;
    }
}
