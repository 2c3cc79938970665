using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Scaler;

/// <summary>
/// Reports whether load balancers should route clients to this server. The server is healthy while it holds its lease, the bus
/// delivers messages, and it is not draining.
/// </summary>
internal sealed class ScalerHealthCheck(ScalerServer server) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var membership = server.Membership;
        return Task.FromResult(
            membership.State == ServerState.Draining
                ? HealthCheckResult.Unhealthy("The server is draining and accepts no new clients.")
            : !membership.HoldsLease
                ? HealthCheckResult.Unhealthy("The server holds no lease: other servers cannot find its connections.")
            : membership.Probe.IsDead
                ? HealthCheckResult.Unhealthy("The bus does not deliver: messages from other servers do not arrive.")
            : HealthCheckResult.Healthy());
    }
}
