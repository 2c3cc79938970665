using Scaler.EngineIO.Limits;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Limits the packets and bytes that one client may send per second, with two token buckets. Not thread-safe: one thread at a
/// time receives for a session.
/// </summary>
/// <remarks>
/// Each connection has a pair of buckets, which is checked for each packet. A limiter of System.Threading.RateLimiting is an
/// object with a queue and a lock, returns a lease, and needs a timer or a loop over all limiters to refill. A bucket here is two
/// numbers, and uses the <see cref="TimeProvider"/>, which tests can control.
/// </remarks>
internal sealed class ReceiveRateLimiter
{
    private readonly TimeProvider _time;
    private readonly bool _countsMessages;
    private readonly bool _countsBytes;
    private TokenBucket _messages;
    private TokenBucket _bytes;

    private ReceiveRateLimiter(EngineIOOptions options, TimeProvider time)
    {
        _time = time;
        var now = time.GetTimestamp();
        var burst = options.RateBurst.TotalSeconds;
        _countsMessages = options.MaxMessagesPerSecond > 0;
        _countsBytes = options.MaxBytesPerSecond > 0;
        _messages = new TokenBucket(options.MaxMessagesPerSecond, options.MaxMessagesPerSecond * burst, now);
        _bytes = new TokenBucket(options.MaxBytesPerSecond, options.MaxBytesPerSecond * burst, now);
    }

    /// <summary>Creates a budget, or returns <see langword="null"/> if the options set no limit.</summary>
    public static ReceiveRateLimiter? Create(EngineIOOptions options, TimeProvider time) =>
        options.MaxMessagesPerSecond > 0 || options.MaxBytesPerSecond > 0 ? new ReceiveRateLimiter(options, time) : null;

    /// <summary>Takes the tokens of one packet.</summary>
    /// <param name="bytes">The length of the packet, in bytes.</param>
    /// <returns>The exceeded limit, or <see langword="null"/> if the packet is within the limits.</returns>
    public EngineLimit? TryAcquire(int bytes)
    {
        var now = _time.GetTimestamp();
        if (_countsMessages && !_messages.TryTake(1, now, _time))
        {
            return EngineLimit.Messages;
        }

        return _countsBytes && !_bytes.TryTake(bytes, now, _time) ? EngineLimit.Bytes : null;
    }
}
