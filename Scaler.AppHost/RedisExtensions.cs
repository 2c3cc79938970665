using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Scaler.AppHost;

/// <summary>Adds the Redis that the services share.</summary>
internal static class RedisExtensions
{
    private const string Name = "redis";

    /// <summary>
    /// Adds the Redis of <c>ConnectionStrings:redis</c> if it is set, a container if a container engine answers, and otherwise the
    /// embedded Garnet. Prints the choice and its reason.
    /// </summary>
    public static async Task<IResourceBuilder<IResourceWithConnectionString>> AddScalerRedisAsync(
        this IDistributedApplicationBuilder builder, Settings settings)
    {
        if (!string.IsNullOrEmpty(builder.Configuration.GetConnectionString(Name)))
        {
            Console.WriteLine($"Redis: ConnectionStrings:{Name}");
            return builder.AddConnectionString(Name);
        }

        if (await ContainerEngine.FindAsync(builder.Configuration) is { } engine)
        {
            Console.WriteLine($"Redis: a container, because {engine} answered");
            return builder.AddRedis(Name);
        }

        // Clients connect to Garnet directly: a proxy would add two hops to each command.
        var port = settings.ChoosePort("Redis", 0) ?? Settings.FindFreePort();
        Console.WriteLine($"Redis: embedded Garnet on port {port}, because no container engine answered");
        var garnet = builder.AddProject<Projects.Scaler_Redis>("garnet")
            .WithHttpEndpoint()
            .WithEndpoint(port: port, scheme: "tcp", name: "tcp", isProxied: false)
            .WithEnvironment("Scaler__Redis__Port", port.ToString(CultureInfo.InvariantCulture))
            .DisableForwardedHeaders()
            .WithHttpHealthCheck("/health")
            .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/health", "Health"));
        return builder
            .AddConnectionString(Name, ReferenceExpression.Create($"127.0.0.1:{garnet.GetEndpoint("tcp").Property(EndpointProperty.Port)}"))
            .WithParentRelationship(garnet)
            .WaitFor(garnet);
    }
}
