using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds an endpoint.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="port">The port that clients use; a free one by default.</param>
    /// <param name="targetPort">The port that the process listens on; a free one by default.</param>
    /// <param name="scheme">The scheme of its URLs; <c>tcp</c> by default.</param>
    /// <param name="name">Its name; the scheme by default.</param>
    /// <param name="env">The variable that tells the process its port.</param>
    /// <param name="isProxied">Whether a proxy stands before the process; true by default.</param>
    /// <param name="isExternal">Whether it is meant for clients from outside.</param>
    /// <param name="protocol">Only TCP.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null,
        string? env = null, bool? isProxied = null, bool? isExternal = null, ProtocolType? protocol = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(
            protocol ?? ProtocolType.Tcp, scheme, name: name, port: port, targetPort: targetPort, isExternal: isExternal,
            isProxied: isProxied ?? true)
        {
            TargetPortVariable = env,
        };
        if (Endpoint(builder.Resource, endpoint.Name) is not null)
            throw new DistributedApplicationException($"Endpoint with name '{endpoint.Name}' already exists.");
        return builder.WithAnnotation(endpoint);
    }

    /// <summary>Changes an endpoint.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="endpointName">The endpoint.</param>
    /// <param name="callback">Changes it.</param>
    /// <param name="createIfNotExists">Whether to add it where the resource has none of this name; true by default.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var endpoint = Endpoint(builder.Resource, endpointName);
        if (endpoint is null && createIfNotExists)
            builder.WithAnnotation(endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: endpointName));
        if (endpoint is not null) callback(endpoint);
        return builder;
    }

    /// <summary>Adds an HTTP endpoint.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="port">The port that clients use; a free one by default.</param>
    /// <param name="targetPort">The port that the process listens on; a free one by default.</param>
    /// <param name="name">Its name; <c>http</c> by default.</param>
    /// <param name="env">The variable that tells the process its port.</param>
    /// <param name="isProxied">Whether a proxy stands before the process; true by default.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null,
        bool? isProxied = null)
        where T : IResourceWithEndpoints => builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    /// <summary>Marks the HTTP endpoints as meant for clients from outside. They listen on loopback here all the same.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.IsHttp)) endpoint.IsExternal = true;
        return builder;
    }

    /// <summary>An endpoint of a resource, before its port is known.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">The endpoint.</param>
    /// <returns>The endpoint.</returns>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => new(builder.Resource, name);

    /// <summary>Asks each process of a resource for its health.</summary>
    /// <typeparam name="T">The kind of resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">The path that is asked; <c>/</c> by default.</param>
    /// <param name="statusCode">The status that means healthy; 200 by default.</param>
    /// <param name="endpointName">The endpoint that is asked; the first HTTP one by default.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints =>
        builder.WithAnnotation(new HttpHealthCheckAnnotation(path ?? "/", statusCode ?? 200, endpointName));

    private static EndpointAnnotation? Endpoint(IResource resource, string name) =>
        resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
