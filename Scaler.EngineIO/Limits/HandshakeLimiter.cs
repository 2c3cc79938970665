using System.Net;
using System.Threading.RateLimiting;

namespace Scaler.EngineIO.Limits;

/// <summary>
/// Limits the rate of handshakes per client address. <see cref="PartitionedRateLimiter{TResource}"/> evicts an address that has
/// been idle for 10 seconds with all its tokens. While the maximum number of addresses is tracked, every handshake counts against
/// one of a fixed number of shared limits, so memory stays bounded.
/// </summary>
internal sealed class HandshakeLimiter : IDisposable
{
    private const int MaxAddresses = 65_536;
    private const int SharedKeys = 1_024;

    private readonly PartitionedRateLimiter<AddressKey> _limiter;
    private readonly TokenBucketRateLimiterOptions _options;
    private readonly TimeProvider _time;
    private readonly int _maxAddresses;
    private readonly Lock _notificationLock = new();
    private TokenBucket _notifications;
    private int _addresses;

    public HandshakeLimiter(int handshakes, TimeSpan window, TimeProvider time, int remembered = MaxAddresses)
    {
        _time = time;
        _maxAddresses = remembered;
        _notifications = new TokenBucket(1, 1, time.GetTimestamp());
        _options = new TokenBucketRateLimiterOptions
        {
            TokenLimit = handshakes,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = window / handshakes,
            QueueLimit = 0,
            // The partitioned limiter replenishes all partitions with one timer, by elapsed time.
            AutoReplenishment = false,
        };
        _limiter = PartitionedRateLimiter.Create<AddressKey, AddressKey>(Partition);
    }

    /// <summary>Gets the number of tracked addresses, including shared limits.</summary>
    public int AddressCount => Volatile.Read(ref _addresses);

    /// <summary>Counts a handshake against the limit of an address. A client without an address is not limited.</summary>
    /// <param name="address">The client's address, or <see langword="null"/> if it has none.</param>
    /// <param name="retryAfter">The time after which the client may retry, if the limit was exceeded.</param>
    /// <returns><see langword="true"/> if the handshake is within the limit; otherwise, <see langword="false"/>.</returns>
    public bool TryAcquire(IPAddress? address, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (address is null)
        {
            return true;
        }

        using var lease = _limiter.AttemptAcquire(AddressKey.FromAddress(address));
        if (!lease.IsAcquired && lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
        {
            retryAfter = wait;
        }

        return lease.IsAcquired;
    }

    /// <summary>Returns a value indicating whether to notify the application of a refusal, at most once per second.</summary>
    public bool TryAcquireNotification()
    {
        lock (_notificationLock)
        {
            return _notifications.TryTake(1, _time.GetTimestamp(), _time);
        }
    }

    public void Dispose() => _limiter.Dispose();

    private RateLimitPartition<AddressKey> Partition(AddressKey address) => RateLimitPartition.Get(
        AddressCount < _maxAddresses ? address : address.ToSharedKey(SharedKeys), _ => Create());

    private AddressRateLimiter Create()
    {
        Interlocked.Increment(ref _addresses);
        return new AddressRateLimiter(new TokenBucketRateLimiter(_options), () => Interlocked.Decrement(ref _addresses));
    }
}
