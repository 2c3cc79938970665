using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's record of the same name: a resource as it is at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>The kind of resource: Project, Parameter, ConnectionString.</summary>
    public required string ResourceType { get; init; }

    /// <summary>What the dashboard shows of it.</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>When it was made, in UTC.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>When its process started last, in UTC.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>When its process ended last, in UTC.</summary>
    public DateTime? StopTimeStamp { get; init; }

    /// <summary>Its state, of <see cref="KnownResourceStates"/>.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>The exit code of its process, once that ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Its environment.</summary>
    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    /// <summary>Its URLs.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>What its health checks said last.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports { get; init; } = [];

    /// <summary>Its relations to other resources.</summary>
    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    /// <summary>The worst that its checks said; healthy where it runs and has none; null where it doesn't run.</summary>
    public HealthStatus? HealthStatus => State?.Text != KnownResourceStates.Running
        ? null
        : HealthReports.IsEmpty
            ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
            : HealthReports.Min(r => r.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);
}
