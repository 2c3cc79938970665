namespace Scaler.EngineIO.Sessions;

/// <summary>
/// How much one client may send: two token buckets. They are our own because there is a pair for each connection, asked for each packet:
/// a limiter of System.Threading.RateLimiting is an object with a queue and a lock, hands out a lease, and is refilled by a timer or by
/// whoever goes through all of them; here it is two numbers, and the time of a test's clock. One thread at a time receives for a session.
/// </summary>
internal sealed class ReceiveBudget
{
    private readonly TimeProvider _time;
    private readonly bool _countsMessages;
    private readonly bool _countsBytes;
    private TokenBucket _messages;
    private TokenBucket _bytes;

    private ReceiveBudget(EngineIOOptions options, TimeProvider time)
    {
        _time = time;
        var now = time.GetTimestamp();
        var burst = options.RateBurst.TotalSeconds;
        _countsMessages = options.MaxMessagesPerSecond > 0;
        _countsBytes = options.MaxBytesPerSecond > 0;
        _messages = new TokenBucket(options.MaxMessagesPerSecond, options.MaxMessagesPerSecond * burst, now);
        _bytes = new TokenBucket(options.MaxBytesPerSecond, options.MaxBytesPerSecond * burst, now);
    }

    /// <summary>A budget, or null where there is no limit.</summary>
    public static ReceiveBudget? Create(EngineIOOptions options, TimeProvider time) =>
        options.MaxMessagesPerSecond > 0 || options.MaxBytesPerSecond > 0 ? new ReceiveBudget(options, time) : null;

    /// <summary>Takes what one packet costs.</summary>
    /// <returns>The limit that it is over, or null.</returns>
    public EngineLimit? Take(int bytes)
    {
        var now = _time.GetTimestamp();
        if (_countsMessages && !_messages.TryTake(1, now, _time))
        {
            return EngineLimit.Messages;
        }

        return _countsBytes && !_bytes.TryTake(bytes, now, _time) ? EngineLimit.Bytes : null;
    }
}
