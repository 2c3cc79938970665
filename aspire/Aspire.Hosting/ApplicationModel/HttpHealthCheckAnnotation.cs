namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is asked of each replica to know its health. Aspire registers a health check instead, of its proxy.</summary>
internal sealed record HttpHealthCheckAnnotation(string Path, int StatusCode, string? EndpointName) : IResourceAnnotation
{
    public string Name(string resource) => $"{resource}_{EndpointName ?? "http"}_{Path}_{StatusCode}_check";
}
