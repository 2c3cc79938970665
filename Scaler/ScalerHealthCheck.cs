using Microsoft.Extensions.Diagnostics.HealthChecks;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Reports whether load balancers should route clients to this server. The server is healthy while it holds its lease, the bus
/// delivers messages, and it is not draining. It is degraded, but still ready, while it is full, while it cannot reach another
/// server, and while another server cannot reach it.
/// </summary>
internal sealed class ScalerHealthCheck(
    ScalerServer server, EngineServer engine, ReachabilityMonitor reachability) : IHealthCheck
{
    /// <summary>The maximum number of servers that the description names.</summary>
    private const int MaxNamed = 3;

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
            : engine.IsFull
                ? HealthCheckResult.Degraded("The server is full and refuses handshakes.")
            : DescribeUnreachable() is { Count: > 0 } unreachable
                ? HealthCheckResult.Degraded(string.Join(' ', unreachable))
            : HealthCheckResult.Healthy());
    }

    private List<string> DescribeUnreachable()
    {
        List<string> all =
        [
            .. reachability.Unreachable.Select(static other =>
                $"This server cannot reach server {other.Id} at {other.Url}: {other.Reason}."),
            .. reachability.Reports.Select(static report =>
                $"Server {report.Server} cannot reach this server at {report.Url}: {report.Reason}."),
        ];
        return all.Count <= MaxNamed ? all : [.. all.Take(MaxNamed), $"{all.Count - MaxNamed} more."];
    }
}
