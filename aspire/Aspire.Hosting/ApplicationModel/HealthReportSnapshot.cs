using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's record of the same name: what a health check said last.</summary>
/// <param name="Name">The check's name.</param>
/// <param name="Status">What it said; null while it has said nothing.</param>
/// <param name="Description">In words.</param>
/// <param name="ExceptionText">What went wrong.</param>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    /// <summary>When it was asked last, in UTC.</summary>
    public DateTime? LastRunAt { get; init; }
}
