namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: what a callback can add environment variables to.</summary>
/// <param name="executionContext">How the application runs.</param>
/// <param name="resource">The resource whose process starts.</param>
/// <param name="environmentVariables">The variables so far: strings, or values known later.</param>
/// <param name="cancellationToken">Ends with the start.</param>
public class EnvironmentCallbackContext(
    DistributedApplicationExecutionContext executionContext, IResource resource,
    Dictionary<string, object>? environmentVariables = null, CancellationToken cancellationToken = default)
{
    /// <summary>The variables so far: strings, or values known later.</summary>
    public Dictionary<string, object> EnvironmentVariables { get; } = environmentVariables ?? [];

    /// <summary>Ends with the start.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The resource whose process starts.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>How the application runs.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;
}
