using Microsoft.Extensions.Diagnostics.HealthChecks;
using Scaler.Admin.Services.Cluster;

namespace Scaler.Admin.Services.Live;

/// <summary>
/// Checks whether Redis responds. During an outage, the dashboard reports Degraded instead of Unhealthy, because operators need
/// it then and it still shows the last known data. State changes are logged once, not on every probe.
/// </summary>
internal sealed partial class RedisHealth(IClusterView view, TimeProvider time, ILogger<RedisHealth> logger) : IHealthCheck
{
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(1);

    private int _unavailable;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await view.PingAsync(cancellationToken).WaitAsync(PingTimeout, time, cancellationToken);
            if (Interlocked.Exchange(ref _unavailable, 0) == 1)
            {
                Log.AnswersAgain(logger);
            }

            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (Outage.IsOutage(exception) && !cancellationToken.IsCancellationRequested)
        {
            var reason = Outage.Describe(exception);
            if (Interlocked.Exchange(ref _unavailable, 1) == 0)
            {
                Log.Away(logger, reason);
            }

            return HealthCheckResult.Degraded($"Redis does not respond: {reason}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Health: Redis does not respond: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "Health: Redis responds again")]
        public static partial void AnswersAgain(ILogger logger);
    }
}
