using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scaler.EngineIO.Http;

namespace Scaler.EngineIO;

/// <summary>Provides extension methods that add an Engine.IO server to a service collection.</summary>
public static class EngineIOServiceCollectionExtensions
{
    // The container creates the handler by reflection, so trimming must keep its constructors.
    private const DynamicallyAccessedMemberTypes HandlerMembers = DynamicallyAccessedMemberTypes.PublicConstructors;

    /// <summary>Adds an Engine.IO server whose sessions are handled by <typeparamref name="THandler"/>.</summary>
    /// <typeparam name="THandler">The type of the handler, registered as a singleton.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">A server with another handler is already added.</exception>
    public static IServiceCollection AddEngineIO<[DynamicallyAccessedMembers(HandlerMembers)] THandler>(
        this IServiceCollection services)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        ThrowIfOtherHandler<THandler>(services, name: null);
        services.AddEngineServices(Options.DefaultName);
        services.TryAddSingleton<IEngineHandler, THandler>();
        services.TryAddSingleton<EngineServer>();
        services.AddHostedService<EngineShutdownService>();
        return services;
    }

    /// <summary>Adds an Engine.IO server whose sessions are handled by <typeparamref name="THandler"/>.</summary>
    /// <typeparam name="THandler">The type of the handler, registered as a singleton.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">A delegate that configures the options.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">A server with another handler is already added.</exception>
    public static IServiceCollection AddEngineIO<[DynamicallyAccessedMembers(HandlerMembers)] THandler>(
        this IServiceCollection services, Action<EngineIOOptions> configure)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddEngineIO<THandler>();
        services.Configure(configure);
        return services;
    }

    /// <summary>
    /// Adds an Engine.IO server with options from configuration, such as <c>Configuration.GetSection("EngineIO")</c>.
    /// </summary>
    /// <typeparam name="THandler">The type of the handler, registered as a singleton.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <param name="configuration">The section whose keys are the property names of <see cref="EngineIOOptions"/>.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">A server with another handler is already added.</exception>
    public static IServiceCollection AddEngineIO<[DynamicallyAccessedMembers(HandlerMembers)] THandler>(
        this IServiceCollection services, IConfiguration configuration)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddEngineIO<THandler>();
        services.AddOptions<EngineIOOptions>().Bind(configuration);
        return services;
    }

    /// <summary>
    /// Adds a named Engine.IO server, so that an application can have several servers with different handlers and options. Its
    /// <see cref="EngineServer"/> and <see cref="IEngineHandler"/> are keyed services with the name as their key.
    /// </summary>
    /// <typeparam name="THandler">The type of the handler, registered as a singleton for each name.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <param name="name">The name of the server and of its options.</param>
    /// <param name="configure">A delegate that configures the options. Each server needs a path of its own.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">A server with this name and another handler is already added.</exception>
    public static IServiceCollection AddEngineIO<[DynamicallyAccessedMembers(HandlerMembers)] THandler>(
        this IServiceCollection services, string name, Action<EngineIOOptions> configure)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddNamedEngineIO<THandler>(name);
        services.Configure(name, configure);
        return services;
    }

    /// <summary>Adds a named Engine.IO server with options from configuration.</summary>
    /// <typeparam name="THandler">The type of the handler, registered as a singleton for each name.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <param name="name">The name of the server and of its options.</param>
    /// <param name="configuration">The section whose keys are the property names of <see cref="EngineIOOptions"/>.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">A server with this name and another handler is already added.</exception>
    public static IServiceCollection AddEngineIO<[DynamicallyAccessedMembers(HandlerMembers)] THandler>(
        this IServiceCollection services, string name, IConfiguration configuration)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddNamedEngineIO<THandler>(name);
        services.AddOptions<EngineIOOptions>(name).Bind(configuration);
        return services;
    }

    private static void AddNamedEngineIO<[DynamicallyAccessedMembers(HandlerMembers)] THandler>(
        this IServiceCollection services, string name)
        where THandler : class, IEngineHandler
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ThrowIfOtherHandler<THandler>(services, name);
        services.AddEngineServices(name);
        services.TryAddKeyedSingleton<IEngineHandler, THandler>(name);
        if (services.Any(service => service.ServiceType == typeof(EngineServer) && Equals(service.ServiceKey, name)))
        {
            return;
        }

        services.AddKeyedSingleton(name, static (provider, key) => CreateServer(provider, (string)key!));
        services.AddSingleton<IHostedService>(provider => new EngineShutdownService(provider.GetRequiredKeyedService<EngineServer>(name)));
    }

    private static void AddEngineServices(this IServiceCollection services, string optionsName)
    {
        services.AddMetrics();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EngineIOOptions>, EngineIOOptionsValidator>());
        services.AddOptions<EngineIOOptions>(optionsName).ValidateOnStart();
        if (services.Any(static service => service.ServiceType == typeof(EndpointPaths)))
        {
            return;
        }

        services.AddSingleton<EndpointPaths>();
        services.AddSingleton<IHttpContextFactory>(static provider => new EndpointContextFactory(
            new DefaultHttpContextFactory(provider), provider.GetRequiredService<EndpointPaths>()));
    }

    private static EngineServer CreateServer(IServiceProvider provider, string name) => new(
        Options.Create(provider.GetRequiredService<IOptionsMonitor<EngineIOOptions>>().Get(name)),
        provider.GetRequiredKeyedService<IEngineHandler>(name),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<IMeterFactory>(),
        provider.GetRequiredService<ILoggerFactory>(),
        provider.GetService<IHostApplicationLifetime>(),
        provider.GetServices<IConnectionListenerFactory>());

    // One server calls one handler, so a second handler would be ignored.
    private static void ThrowIfOtherHandler<THandler>(IServiceCollection services, string? name)
    {
        foreach (var service in services)
        {
            if (service.ServiceType == typeof(IEngineHandler) && Equals(service.ServiceKey, name)
                && GetHandlerType(service) is { } type && type != typeof(THandler))
            {
                var server = name is null ? "An Engine.IO server" : $"The Engine.IO server '{name}'";
                throw new InvalidOperationException(
                    $"{server} is already added with the handler {type}, so {typeof(THandler)} would be ignored. "
                    + "Add a further server with AddEngineIO<THandler>(name, …) and map it with MapEngineIO(path, name).");
            }
        }
    }

    private static Type? GetHandlerType(ServiceDescriptor service) => service.IsKeyedService
        ? service.KeyedImplementationType ?? service.KeyedImplementationInstance?.GetType()
        : service.ImplementationType ?? service.ImplementationInstance?.GetType();
}
