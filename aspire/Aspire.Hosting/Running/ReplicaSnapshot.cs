using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>Says what a process is before it has started.</summary>
internal static class ReplicaSnapshot
{
    public static async Task PublishAsync(Replica replica, TimeProvider time, CancellationToken cancellationToken)
    {
        var resource = replica.Resource;
        var urls = await UrlsAsync(resource, cancellationToken);
        replica.Publish(s => s with
        {
            ResourceType = "Project",
            CreationTimeStamp = time.GetUtcNow().UtcDateTime,
            State = s.State ?? new(KnownResourceStates.NotStarted, KnownResourceStateStyles.Info),
            Properties = s.Properties.With(
                new ResourcePropertySnapshot("project.path", resource.Annotations.OfType<IProjectMetadata>().Single().ProjectPath)),
            Urls = [.. urls],
            Relationships = [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>()
                .Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type)).Distinct()],
        });
    }

    private static async Task<IEnumerable<UrlSnapshot>> UrlsAsync(ProjectResource resource, CancellationToken cancellationToken)
    {
        var context = new ResourceUrlsCallbackContext(
            new(DistributedApplicationOperation.Run), resource, cancellationToken: cancellationToken);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var reference = new EndpointReference(resource, endpoint.Name);
            context.Urls.Add(new() { Url = reference.Url, Endpoint = reference });
        }

        foreach (var annotation in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>()) await annotation.Callback(context);
        return context.Urls.Select((url, i) => new UrlSnapshot(url.Endpoint?.EndpointName, Complete(url), false)
        {
            DisplayProperties = new(url.DisplayText ?? "", context.Urls.Count - i),
            IsInactive = true,
        });
    }

    private static string Complete(ResourceUrlAnnotation url) =>
        url.Endpoint is { } endpoint && url.Url.StartsWith('/') ? endpoint.Url + url.Url : url.Url;
}
