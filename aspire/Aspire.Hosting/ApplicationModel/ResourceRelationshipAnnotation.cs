namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands in for Aspire's class of the same name: a relation that the dashboard shows.</summary>
/// <param name="resource">The other resource.</param>
/// <param name="type">The kind of relation.</param>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The kind of relation.</summary>
    public string Type { get; } = type;
}
