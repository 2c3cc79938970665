using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scaler.Cluster;
using Scaler.Cluster.Peers;
using Scaler.EngineIO;
using StackExchange.Redis;
using Yarp.ReverseProxy.Forwarder;

namespace Scaler;

/// <summary>Adds Scaler to an application's services.</summary>
public static class ScalerServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="ScalerServer"/>, with options from the configuration section <see cref="ScalerOptions.Section"/>. Needs an
    /// <see cref="IConnectionMultiplexer"/> among the services; map it with <c>app.MapScaler()</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options after the configuration.</param>
    public static IServiceCollection AddScaler(this IServiceCollection services, Action<ScalerOptions>? configure = null)
    {
        services.AddScalerOptions(configure);
        services.TryAddSingleton(provider =>
        {
            // Before Redis is connected to: what is wrong with the options is said first.
            var options = provider.GetRequiredService<IOptions<ScalerOptions>>().Value;
            return new ScalerServer(
                provider.GetRequiredService<IConnectionMultiplexer>(),
                options,
                provider.GetService<ILoggerFactory>(),
                provider.GetService<TimeProvider>(),
                provider.GetService<IMeterFactory>());
        });
        return services.AddScalerEndpoint();
    }

    /// <summary>
    /// Adds <see cref="ScalerCluster"/>: for an application that looks at the cluster and sends to it but takes no connections itself.
    /// Needs an <see cref="IConnectionMultiplexer"/> among the services.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets options after the configuration; the prefix and the secret must be those of the servers.</param>
    public static IServiceCollection AddScalerCluster(this IServiceCollection services, Action<ScalerOptions>? configure = null)
    {
        services.AddScalerOptions(configure);
        services.TryAddSingleton(provider =>
        {
            // As above.
            var options = provider.GetRequiredService<IOptions<ScalerOptions>>().Value;
            return new ScalerCluster(
                provider.GetRequiredService<IConnectionMultiplexer>(),
                options,
                provider.GetService<TimeProvider>(),
                provider.GetService<IMeterFactory>());
        });
        return services;
    }

    /// <summary>Publishes the server's error events to the cluster, for <see cref="ScalerCluster.WatchErrorsAsync"/> and <see cref="ScalerCluster.GetRecentErrorsAsync"/>.</summary>
    public static IServiceCollection AddScalerErrorPublishing(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddHostedService<ErrorPublisher>();
    }

    /// <summary>Hosts a server that exists already.</summary>
    internal static IServiceCollection AddScaler(this IServiceCollection services, ScalerServer server)
    {
        // Registered as made by the container, it would be disposed with it; it is the caller's.
        services.AddSingleton(server);
        services.AddSingleton(Options.Create(server.Options));
        return services.AddScalerEndpoint();
    }

    private static void AddScalerOptions(this IServiceCollection services, Action<ScalerOptions>? configure)
    {
        services.AddOptions<ScalerOptions>()
            .Configure<IConfiguration>(static (_, configuration) => CheckMode(configuration[$"{ScalerOptions.Section}:Auth:Mode"]))
            .BindConfiguration(ScalerOptions.Section)
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ScalerOptions>, ScalerOptionsValidator>());
        if (configure is not null)
        {
            services.Configure(configure);
        }
    }

    // The binder would say that it can't convert it, and not into what it should be changed.
    private static void CheckMode(string? mode)
    {
        if (!string.IsNullOrEmpty(mode) && !Enum.TryParse<ScalerAuthMode>(mode, ignoreCase: true, out _))
        {
            throw new OptionsValidationException(
                ScalerOptions.Section, typeof(ScalerOptions), [$"{ScalerOptions.Section}:Auth:Mode is '{mode}'; it must be 'None' or 'Jwt'."]);
        }
    }

    private static IServiceCollection AddScalerEndpoint(this IServiceCollection services)
    {
        services.AddHttpForwarder();

        // Below a warning it logs the URLs that it forwards to, and with them session ids, which are secrets.
        services.Configure<LoggerFilterOptions>(static options =>
            options.Rules.Add(new LoggerFilterRule(null, "Yarp.ReverseProxy.Forwarder", LogLevel.Warning, null)));
        services.AddEngineIO<ScalerHandler>();
        services.TryAddSingleton(provider => new Forwarder(
            provider.GetRequiredService<IHttpForwarder>(),
            provider.GetRequiredService<ScalerServer>().Cluster.Link,
            provider.GetRequiredService<ScalerServer>().Membership,
            provider.GetRequiredService<ILogger<Forwarder>>()));
        services.TryAddSingleton<PeerApplication>();
        services.AddSingleton<IStartupFilter>(static provider => provider.GetRequiredService<PeerApplication>());
        services.TryAddSingleton<PeerEndpoint>();

        // Engine.IO's options are a part of Scaler's, with the hooks that make a session one of the cluster.
        services.Replace(ServiceDescriptor.Singleton(EngineOptions));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ScalerDrain>();
        services.AddHostedService<ScalerHostedService>();
        services.AddHostedService<IdentityExpiry>();
        services.AddScalerAuth();
        services.AddHealthChecks().AddCheck<ScalerHealthCheck>("scaler", tags: ["ready"]);
        return services;
    }

    private static void AddScalerAuth(this IServiceCollection services)
    {
        services.AddWebEncoders();
        services.AddOptions<JwtBearerOptions>(JwtVerification.Scheme).Configure<IOptions<ScalerOptions>, TimeProvider>(
            static (jwt, scaler, time) => JwtVerification.Configure(jwt, scaler.Value.Auth, time));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>());

        // Without tokens it is the platform's own, which the platform takes a shorter way with.
        services.AddSingleton<IHttpContextFactory>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<ScalerOptions>>().Value;
            var factory = new DefaultHttpContextFactory(provider);
            return options.Auth.Mode == ScalerAuthMode.Jwt ? new AccessTokenContextFactory(factory, options.Path) : factory;
        });
    }

    private static IOptions<EngineIOOptions> EngineOptions(IServiceProvider provider)
    {
        var server = provider.GetRequiredService<ScalerServer>();
        var options = server.Options.EngineIO;
        var admission = new Admission(server.Options);
        var (authorize, unknown, validate, limit) = (options.AuthorizeAsync, options.UnknownSessionAsync, options.ValidateSessionRequest, options.OnLimitReached);
        options.Path = server.Options.Path;
        options.CloseOnHostStop = false;
        options.GenerateId = _ => ClusterSid.Create(server.Id, server.Cluster.Link.Secret);
        options.AuthorizeAsync = context => admission.AuthorizeAsync(context, authorize);
        options.ValidateSessionRequest = async (context, session) =>
            await admission.IsOwnerAsync(context, session) && (validate is null || await validate(context, session));
        options.OnLimitReached = reached =>
        {
            LimitEvents.Raise(server, reached);
            limit?.Invoke(reached);
        };
        options.UnknownSessionAsync = async (context, sid) =>
            (unknown is not null && await unknown(context, sid)) || await provider.GetRequiredService<Forwarder>().TryForwardAsync(context, sid);
        return Options.Create(options);
    }
}
