namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: a resource that has to be healthy first.</summary>
/// <param name="resource">That resource.</param>
public class WaitAnnotation(IResource resource) : IResourceAnnotation
{
    /// <summary>That resource.</summary>
    public IResource Resource { get; } = resource;
}
