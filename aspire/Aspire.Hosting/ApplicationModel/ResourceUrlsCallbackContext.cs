namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: what a callback can change a resource's URLs with.</summary>
/// <param name="executionContext">How the application runs.</param>
/// <param name="resource">The resource.</param>
/// <param name="urls">Its URLs so far.</param>
/// <param name="cancellationToken">Ends with the start.</param>
public class ResourceUrlsCallbackContext(
    DistributedApplicationExecutionContext executionContext, IResource resource, List<ResourceUrlAnnotation>? urls = null,
    CancellationToken cancellationToken = default)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Its URLs so far.</summary>
    public List<ResourceUrlAnnotation> Urls { get; } = urls ?? [];

    /// <summary>Ends with the start.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>How the application runs.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;
}
