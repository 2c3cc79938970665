using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Scaler.EngineIO;

/// <summary>Gives an Engine.IO server its place among an application's endpoints.</summary>
public static class EngineIOEndpointRouteBuilderExtensions
{
    /// <summary>Serves Engine.IO at a path, with and without the trailing slash, and for all methods.</summary>
    /// <param name="endpoints">The application's endpoints.</param>
    /// <param name="path">The path; when null, <see cref="EngineIOOptions.Path"/>.</param>
    /// <returns>The endpoint, for more conventions.</returns>
    /// <exception cref="OptionsValidationException">The settings are wrong.</exception>
    public static IEndpointConventionBuilder MapEngineIO(this IEndpointRouteBuilder endpoints, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var server = endpoints.ServiceProvider.GetRequiredService<EngineServer>();
        path ??= server.Runtime.Options.Path;
        // Routing looks past a trailing slash in what is asked for.
        return endpoints.Map("/" + path.Trim('/'), server.InvokeAsync).WithDisplayName("Engine.IO")
            // There is nothing to be validated, and where an application has that, its filter would be kept for as long as each WebSocket.
            .DisableValidation();
    }
}
