using System.Net;
using System.Threading.RateLimiting;
using Scaler.EngineIO.Sessions;

namespace Scaler.EngineIO.Http;

/// <summary>
/// How many handshakes an address may begin. An address is forgotten once it has been idle for ten seconds with all its tokens, as
/// <see cref="PartitionedRateLimiter{TResource}"/> does it. Where more addresses come than are to be remembered, the new ones share a fixed number
/// of places, so that memory is bounded whatever comes.
/// </summary>
internal sealed class HandshakeLimiter : IDisposable
{
    private const int Remembered = 65_536;
    private const int SharedPlaces = 1_024;

    private readonly PartitionedRateLimiter<AddressKey> _limiter;
    private readonly TokenBucketRateLimiterOptions _options;
    private readonly TimeProvider _time;
    private readonly int _remembered;
    private readonly Lock _telling = new();
    private TokenBucket _tellings;
    private int _addresses;

    public HandshakeLimiter(int handshakes, TimeSpan window, TimeProvider time, int remembered = Remembered)
    {
        _time = time;
        _remembered = remembered;
        _tellings = new TokenBucket(1, 1, time.GetTimestamp());
        _options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = handshakes,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = window / handshakes,
            QueueLimit = 0,
            // The partitioned limiter has one timer for all, and refills by the time that has passed.
            AutoReplenishment = false,
        };
        _limiter = PartitionedRateLimiter.Create<AddressKey, AddressKey>(Partition);
    }

    /// <summary>How many addresses are remembered.</summary>
    public int Addresses => Volatile.Read(ref _addresses);

    /// <summary>Counts a handshake of an address; false when it is one too many. A client without an address is not limited.</summary>
    public bool TryTake(IPAddress? address, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (address is null)
        {
            return true;
        }

        using var lease = _limiter.AttemptAcquire(AddressKey.Of(address));
        if (!lease.IsAcquired && lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
        {
            retryAfter = wait;
        }

        return lease.IsAcquired;
    }

    /// <summary>Whether a refusal is to be told of: once a second at most, however many there are.</summary>
    public bool TryTell()
    {
        lock (_telling)
        {
            return _tellings.TryTake(1, _time.GetTimestamp(), _time);
        }
    }

    public void Dispose() => _limiter.Dispose();

    private RateLimitPartition<AddressKey> Partition(AddressKey address) => RateLimitPartition.Get(
        Addresses < _remembered ? address : address.Shared(SharedPlaces), _ => Create());

    private AddressLimiter Create()
    {
        Interlocked.Increment(ref _addresses);
        return new AddressLimiter(new TokenBucketRateLimiter(_options), () => Interlocked.Decrement(ref _addresses));
    }
}
