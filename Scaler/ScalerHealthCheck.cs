using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Scaler;

/// <summary>Whether clients should be sent to this server: it holds its lease, the bus brings what is sent, and it does not drain.</summary>
internal sealed class ScalerHealthCheck(ScalerServer server) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var membership = server.Membership;
        return Task.FromResult(
            membership.State == ServerState.Draining ? HealthCheckResult.Unhealthy("It drains: it takes no new client.")
            : !membership.HoldsLease ? HealthCheckResult.Unhealthy("It holds no lease: other servers can't find its connections.")
            : membership.Probe.IsDead ? HealthCheckResult.Unhealthy("The bus does not bring what is sent: messages of other servers don't arrive.")
            : HealthCheckResult.Healthy());
    }
}
