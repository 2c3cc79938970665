using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>Stands in for Aspire's class of the same name: how a test reaches the resources.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>A client of a resource's endpoint. Aspire's can be configured through <c>IHttpClientFactory</c>.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">The resource.</param>
    /// <param name="endpointName">The endpoint; the first HTTP one by default.</param>
    /// <returns>The client.</returns>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new() { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    /// <summary>Where a resource listens.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">The resource.</param>
    /// <param name="endpointName">The endpoint; the first HTTP one by default.</param>
    /// <returns>Its URL.</returns>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var resource = Find<IResourceWithEndpoints>(app, resourceName);
        var name = endpointName ?? resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.IsHttp)?.Name
            ?? throw new ArgumentException($"Resource '{resourceName}' has no HTTP endpoint.", nameof(resourceName));
        return new(new EndpointReference(resource, name).Url);
    }

    /// <summary>The connection string of a resource.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">The resource.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    /// <returns>The connection string.</returns>
    public static ValueTask<string?> GetConnectionStringAsync(
        this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        Find<IResourceWithConnectionString>(app, resourceName).GetConnectionStringAsync(cancellationToken);

    private static T Find<T>(DistributedApplication app, string name) where T : IResource =>
        app.Services.GetRequiredService<ResourceModel>().Resources.OfType<T>()
            .FirstOrDefault(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"Resource '{name}' not found.", nameof(name));
}
