using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
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
        return endpoints.MapEngineIO(server.Options.Path);
    }
}
