using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Gives a resource the connection string of another one, as <c>ConnectionStrings__name</c>.</summary>
    /// <typeparam name="TDestination">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The other one.</param>
    /// <param name="connectionName">The name it gets it under; the other one's by default.</param>
    /// <param name="optional">Whether it may be missing; not offered here.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        if (optional) throw new NotSupportedException("Optional connection strings are not offered here.");
        var resource = source.Resource;
        var name = resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{connectionName ?? resource.Name}";
        return builder.WithVariable(name, resource).WithRelation(resource, "Reference");
    }

    /// <summary>Tells a resource where another one listens, as <c>services__name__scheme__0</c>.</summary>
    /// <typeparam name="TDestination">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The other one.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        return builder.WithRelation(resource, "Reference").WithEnvironment(context =>
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                var key = endpoint.IsHttp ? endpoint.UriScheme : endpoint.Name;
                var value = new EndpointReference(resource, endpoint.Name);
                context.EnvironmentVariables[$"services__{resource.Name}__{key}__0"] = value;
                context.EnvironmentVariables[$"{Variable(resource.Name)}_{Variable(endpoint.Name)}"] = value;
            }
        });
    }

    /// <summary>Starts a resource only when another one is healthy: each of its processes, where it has several.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport =>
        builder.WithAnnotation(new WaitAnnotation(dependency.Resource)).WithRelation(dependency.Resource, "WaitFor");

    private static IResourceBuilder<T> WithRelation<T>(this IResourceBuilder<T> builder, IResource other, string type)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(other, type));

    private static string Variable(string name) =>
        string.Concat(name.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
