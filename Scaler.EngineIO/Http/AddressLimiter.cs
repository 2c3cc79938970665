using System.Threading.RateLimiting;

namespace Scaler.EngineIO.Http;

/// <summary>The tokens of one address; it says when it is dropped, so that its owner knows how many there are.</summary>
internal sealed class AddressLimiter(TokenBucketRateLimiter tokens, Action dropped) : ReplenishingRateLimiter
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

    // How a partitioned limiter drops one that is idle.
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
