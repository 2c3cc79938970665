using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Http;

namespace Scaler.EngineIO;

/// <summary>Provides extension methods that map an Engine.IO server to an endpoint.</summary>
public static class EngineIOEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the Engine.IO server to <see cref="EngineIOOptions.Path"/>, with any number of slashes, for all HTTP methods.
    /// </summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <returns>The builder of the endpoint, to add conventions.</returns>
    /// <exception cref="OptionsValidationException">The <see cref="EngineIOOptions"/> are invalid.</exception>
    public static IEndpointConventionBuilder MapEngineIO(this IEndpointRouteBuilder endpoints) => endpoints.MapEngineIO(path: null);

    /// <summary>Maps the Engine.IO server to a path, with any number of slashes, for all HTTP methods.</summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <param name="path">The path, or <see langword="null"/> to use <see cref="EngineIOOptions.Path"/>.</param>
    /// <returns>The builder of the endpoint, to add conventions.</returns>
    /// <exception cref="OptionsValidationException">The <see cref="EngineIOOptions"/> are invalid.</exception>
    public static IEndpointConventionBuilder MapEngineIO(this IEndpointRouteBuilder endpoints, string? path)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return Map(endpoints, path, endpoints.ServiceProvider.GetRequiredService<EngineServer>(), name: null);
    }

    /// <summary>Maps a named Engine.IO server to a path, with any number of slashes, for all HTTP methods.</summary>
    /// <param name="endpoints">The endpoint route builder.</param>
    /// <param name="path">The path, or <see langword="null"/> to use <see cref="EngineIOOptions.Path"/>.</param>
    /// <param name="name">The name that the server was added with.</param>
    /// <returns>The builder of the endpoint, to add conventions.</returns>
    /// <exception cref="OptionsValidationException">The <see cref="EngineIOOptions"/> are invalid.</exception>
    public static IEndpointConventionBuilder MapEngineIO(this IEndpointRouteBuilder endpoints, string? path, string name)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Map(endpoints, path, endpoints.ServiceProvider.GetRequiredKeyedService<EngineServer>(name), name);
    }

    private static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder endpoints, string? path, EngineServer server, string? name)
    {
        path ??= server.Runtime.Options.Path;
        path = "/" + path.Trim('/');
        endpoints.ServiceProvider.GetRequiredService<EndpointPaths>().Add(path, name);
        // Routing ignores one trailing slash in the request path; other repeated slashes are removed before it.
        return endpoints.Map(path, server.InvokeAsync).WithDisplayName("Engine.IO")
            // There is nothing to validate, and an application's validation filter would stay in memory for as long as each
            // WebSocket.
            .DisableValidation();
    }
}
