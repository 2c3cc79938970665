namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: a resource's instance changed.</summary>
/// <param name="resource">The resource.</param>
/// <param name="resourceId">The instance: the name, with a suffix where it is a process.</param>
/// <param name="snapshot">The instance as it is now.</param>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The instance: the name, with a suffix where it is a process.</summary>
    public string ResourceId { get; } = resourceId;

    /// <summary>The instance as it is now.</summary>
    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}
