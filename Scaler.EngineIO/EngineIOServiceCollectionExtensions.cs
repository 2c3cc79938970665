using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Scaler.EngineIO;

/// <summary>Adds an Engine.IO server to an application.</summary>
public static class EngineIOServiceCollectionExtensions
{
    /// <summary>Adds a server whose sessions are served by <typeparamref name="THandler"/>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddEngineIO<THandler>(this IServiceCollection services, Action<EngineIOOptions>? configure = null)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEngineHandler, THandler>();
        services.TryAddSingleton<EngineServer>();
        services.AddHostedService<EngineShutdownService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EngineIOOptions>, EngineIOOptionsValidator>());
        var options = services.AddOptions<EngineIOOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services;
    }

    /// <summary>Adds a server whose settings are read from configuration, such as <c>Configuration.GetSection("EngineIO")</c>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section with the settings, by their property names.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddEngineIO<THandler>(this IServiceCollection services, IConfiguration configuration)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddEngineIO<THandler>();
        services.AddOptions<EngineIOOptions>().Bind(configuration);
        return services;
    }
}
