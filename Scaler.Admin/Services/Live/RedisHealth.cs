using Microsoft.Extensions.Diagnostics.HealthChecks;
using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Live;

/// <summary>
/// Whether Redis answers the dashboard. Where it does not, the dashboard is only degraded: it says what it knows, and must stay
/// reachable just then. Each change is logged once, not each probe.
/// </summary>
internal sealed partial class RedisHealth(IClusterView view, TimeProvider time, ILogger<RedisHealth> logger) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private int _away;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await view.PingAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken);
            if (Interlocked.Exchange(ref _away, 0) == 1)
            {
                Log.AnswersAgain(logger);
            }

            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (Outage.IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            var reason = Outage.Describe(exception);
            if (Interlocked.Exchange(ref _away, 1) == 0)
            {
                Log.Away(logger, reason);
            }

            return HealthCheckResult.Degraded($"Redis does not answer: {reason}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Health: Redis does not answer: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "Health: Redis answers again")]
        public static partial void AnswersAgain(ILogger logger);
    }
}
