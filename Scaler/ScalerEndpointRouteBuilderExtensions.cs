using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Scaler.Cluster.Forwarding;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>Extension methods that map Scaler's endpoint.</summary>
public static class ScalerEndpointRouteBuilderExtensions
{
    /// <summary>Maps the endpoint that clients connect to, at <see cref="ScalerOptions.Path"/>.</summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <returns>A builder that can add metadata and conventions to the endpoint.</returns>
    /// <exception cref="InvalidOperationException"><c>AddScaler</c> was not called.</exception>
    public static IEndpointConventionBuilder MapScaler(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var server = endpoints.ServiceProvider.GetService<ScalerServer>()
            ?? throw new InvalidOperationException(
                "The Scaler services are not registered. Call builder.Services.AddScaler() before MapScaler().");
        var peers = endpoints.ServiceProvider.GetRequiredService<PeerEndpoint>();
        var builder = endpoints.MapEngineIO(server.Options.Path);
        builder.Add(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next)
            {
                endpoint.RequestDelegate = context =>
                {
                    if (PeerEndpoint.IsPeerRequest(context.Request))
                    {
                        return peers.ServeAsync(context);
                    }

                    ForwardedRequest.RestoreClient(context, server.Cluster.Node);
                    return next(context);
                };
            }
        });
        return builder;
    }
}
