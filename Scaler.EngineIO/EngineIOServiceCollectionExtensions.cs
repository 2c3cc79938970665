using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Http;

namespace Scaler.EngineIO;

/// <summary>Provides extension methods that add an Engine.IO server to a service collection.</summary>
public static class EngineIOServiceCollectionExtensions
{
    /// <summary>Adds an Engine.IO server whose sessions are handled by <typeparamref name="THandler"/>.</summary>
    /// <typeparam name="THandler">The type of the handler, registered as a singleton.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">A delegate that configures the options, or <see langword="null"/>.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddEngineIO<THandler>(this IServiceCollection services, Action<EngineIOOptions>? configure = null)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEngineHandler, THandler>();
        services.TryAddSingleton<EngineServer>();
        services.TryAddSingleton<EndpointPaths>();
        services.AddSingleton<IHttpContextFactory>(static provider => new SessionIdContextFactory(
            new DefaultHttpContextFactory(provider), provider.GetRequiredService<EndpointPaths>()));
        services.AddHostedService<EngineShutdownService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EngineIOOptions>, EngineIOOptionsValidator>());
        var options = services.AddOptions<EngineIOOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services;
    }

    /// <summary>
    /// Adds an Engine.IO server with options from configuration, such as <c>Configuration.GetSection("EngineIO")</c>.
    /// </summary>
    /// <typeparam name="THandler">The type of the handler, registered as a singleton.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <param name="configuration">The section whose keys are the property names of <see cref="EngineIOOptions"/>.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddEngineIO<THandler>(this IServiceCollection services, IConfiguration configuration)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddEngineIO<THandler>();
        services.AddOptions<EngineIOOptions>().Bind(configuration);
        return services;
    }
}
