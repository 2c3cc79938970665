using System.Threading.RateLimiting;

namespace Scaler.EngineIO.Limits;

/// <summary>Limits the rate of one address, and reports its disposal so that the owner can count active limiters.</summary>
/// <param name="tokens">The token bucket that is wrapped and owned.</param>
/// <param name="dropped">The callback that is invoked once, on disposal.</param>
internal sealed class AddressRateLimiter(TokenBucketRateLimiter tokens, Action dropped) : ReplenishingRateLimiter
{
    private bool _disposed;

    public override TimeSpan? IdleDuration => tokens.IdleDuration;

    public override bool IsAutoReplenishing => tokens.IsAutoReplenishing;

    public override TimeSpan ReplenishmentPeriod => tokens.ReplenishmentPeriod;

    public override bool TryReplenish() => tokens.TryReplenish();

    public override RateLimiterStatistics? GetStatistics() => tokens.GetStatistics();

    protected override RateLimitLease AttemptAcquireCore(int permitCount) => tokens.AttemptAcquire(permitCount);

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        tokens.AcquireAsync(permitCount, cancellationToken);

    // PartitionedRateLimiter evicts idle limiters through DisposeAsync.
    protected override ValueTask DisposeAsyncCore()
    {
        Dispose(disposing: true);
        return base.DisposeAsyncCore();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            tokens.Dispose();
            dropped();
        }

        base.Dispose(disposing);
    }
}
