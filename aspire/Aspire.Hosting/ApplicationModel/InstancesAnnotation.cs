namespace Aspire.Hosting.ApplicationModel;

/// <summary>The ids of the processes of a resource; a resource without processes has its name for an id.</summary>
internal sealed record InstancesAnnotation(IReadOnlyList<string> Ids) : IResourceAnnotation
{
    public static IReadOnlyList<string> IdsOf(IResource resource) =>
        resource.Annotations.OfType<InstancesAnnotation>().SingleOrDefault()?.Ids ?? [resource.Name];
}
