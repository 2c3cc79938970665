using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Scaler.AppHost;

/// <summary>
/// The Redis that the services use: the one of <c>ConnectionStrings:redis</c>; else a container, where an engine
/// answers; else Garnet, which is .NET and runs everywhere.
/// </summary>
/// <param name="Connection">How it is reached.</param>
/// <param name="Server">What has to be healthy first; null where it is not ours.</param>
/// <param name="Reason">Which it is and why, in a line.</param>
internal sealed record RedisChoice(
    IResourceBuilder<IResourceWithConnectionString> Connection, IResourceBuilder<IResource>? Server, string Reason)
{
    private const string Name = "redis";

    public static async Task<RedisChoice> MakeAsync(IDistributedApplicationBuilder builder, Ports ports)
    {
        if (!string.IsNullOrEmpty(builder.Configuration.GetConnectionString(Name)))
            return new(builder.AddConnectionString(Name), null, $"the one of ConnectionStrings:{Name}");

        var engine = await ContainerEngine.FindAsync(builder.Configuration);
        if (engine is null) return Embedded(builder, ports, "no container engine answered");

        try
        {
            var container = builder.AddRedis(Name);
            return new(container, container, $"a container, because {engine} answered");
        }
        catch (NotSupportedException e)
        {
            return Embedded(builder, ports, $"{engine} answered, but {e.Message}");
        }
    }

    private static RedisChoice Embedded(IDistributedApplicationBuilder builder, Ports ports, string reason)
    {
        // Clients connect to it directly: a proxy would cost each command two more hops for nothing.
        var port = ports.For("Redis", 0) ?? Ports.Free();
        var server = builder.AddProject<Projects.Scaler_Redis>("garnet")
            .WithHttpEndpoint()
            .WithEndpoint(port: port, scheme: "tcp", name: "tcp", isProxied: false)
            .WithEnvironment("Scaler__Redis__Port", port.ToString(CultureInfo.InvariantCulture))
            .DisableForwardedHeaders()
            .WithHttpHealthCheck("/health")
            .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/health", "Health"));
        var connection = builder.AddConnectionString(
            Name, ReferenceExpression.Create($"127.0.0.1:{server.GetEndpoint("tcp").Property(EndpointProperty.Port)}"));
        return new(connection, server, $"embedded Garnet on port {port}, because {reason}");
    }
}
