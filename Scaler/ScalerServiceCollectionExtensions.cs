using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Scaler.Cluster.Forwarding;
using Scaler.Cluster.Forwarding.Peers;
using Scaler.Cluster.Forwarding.Reachability;
using Scaler.Cluster.Secrets;
using Scaler.EngineIO;
using Scaler.EngineIO.Http;
using StackExchange.Redis;
using Yarp.ReverseProxy.Forwarder;

namespace Scaler;

/// <summary>Extension methods that register Scaler's services.</summary>
public static class ScalerServiceCollectionExtensions
{
    private const string ForwarderServices = "Scaler.Forwarder";

    /// <summary>
    /// Adds a <see cref="ScalerServer"/> with options from the configuration section <see cref="ScalerOptions.Section"/>.
    /// Requires a registered <see cref="IConnectionMultiplexer"/>. Map the endpoint with <c>app.MapScaler()</c>.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">The callback that changes the options after they are bound from configuration.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddScaler(this IServiceCollection services, Action<ScalerOptions>? configure = null)
    {
        services.AddScalerOptions(configure);
        services.TryAddSingleton(provider =>
        {
            // Validate the options before connecting to Redis, so that a configuration error is reported first.
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
    /// Adds a <see cref="ScalerCluster"/> for an application that monitors the cluster or sends to it but accepts no client
    /// connections. Requires a registered <see cref="IConnectionMultiplexer"/>.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">
    /// The callback that changes the options after they are bound from configuration. The prefix and the secret must equal
    /// those of the servers.
    /// </param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddScalerCluster(this IServiceCollection services, Action<ScalerOptions>? configure = null)
    {
        services.AddScalerOptions(configure);
        services.TryAddSingleton(provider =>
        {
            // Validate the options before connecting to Redis, so that a configuration error is reported first.
            var options = provider.GetRequiredService<IOptions<ScalerOptions>>().Value;
            return new ScalerCluster(
                provider.GetRequiredService<IConnectionMultiplexer>(),
                options,
                provider.GetService<TimeProvider>() ?? TimeProvider.System,
                new ScalerMetrics(provider.GetService<IMeterFactory>()),
                connections: null,
                drain: null,
                provider.GetService<ILoggerFactory>());
        });
        return services;
    }

    /// <summary>
    /// Adds a hosted service that publishes the error events of the server to the cluster. Read them with
    /// <see cref="ScalerCluster.WatchErrorsAsync"/> and <see cref="ScalerCluster.GetRecentErrorsAsync"/>.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <returns>The service collection.</returns>
    public static IServiceCollection AddScalerErrorPublishing(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddHostedService(static provider =>
        {
            var server = provider.GetRequiredService<ScalerServer>();
            return new ErrorPublisher(server.Errors, server.Cluster.Errors, provider.GetRequiredService<TimeProvider>());
        });
    }

    /// <summary>Adds an existing server.</summary>
    internal static IServiceCollection AddScaler(this IServiceCollection services, ScalerServer server)
    {
        // Register the instance, not a factory: the container disposes objects that it creates, and the caller owns this server.
        services.AddSingleton(server);
        services.AddSingleton(Options.Create(server.Options));
        return services.AddScalerEndpoint();
    }

    private static void AddScalerOptions(this IServiceCollection services, Action<ScalerOptions>? configure)
    {
        services.AddOptions<ScalerOptions>()
            .Configure<IConfiguration>(static (options, configuration) =>
            {
                CheckMode(configuration[$"{ScalerOptions.Section}:Auth:Mode"]);
                Bind(configuration.GetSection(ScalerOptions.Section), options);
            })
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ScalerOptions>, ScalerOptionsValidator>());
        if (configure is not null)
        {
            services.Configure(configure);
        }
    }

    // The generated binder binds the properties of the parameter's type.
    private static void Bind(IConfiguration section, IScalerConfiguration options) => section.Bind(options);

    // The configuration binder reports only that the value cannot be converted, not which values are valid.
    private static void CheckMode(string? mode)
    {
        if (!string.IsNullOrEmpty(mode) && !Enum.TryParse<ScalerAuthMode>(mode, ignoreCase: true, out _))
        {
            throw new OptionsValidationException(
                ScalerOptions.Section, typeof(ScalerOptions),
                [$"{ScalerOptions.Section}:Auth:Mode is '{mode}'; it must be 'None' or 'Jwt'."]);
        }
    }

    private static IServiceCollection AddScalerEndpoint(this IServiceCollection services)
    {
        services.AddKeyedSingleton(ForwarderServices, static (_, _) => CreateForwarderServices());
        services.AddEngineIO<ScalerHandler>();
        services.TryAddSingleton(provider => new Forwarder(
            provider.GetRequiredKeyedService<ServiceProvider>(ForwarderServices).GetRequiredService<IHttpForwarder>(),
            provider.GetRequiredService<ScalerServer>().Cluster.Node,
            provider.GetRequiredService<ScalerServer>().Membership,
            provider.GetRequiredService<PeerTable>(),
            provider.GetRequiredService<ReachabilityMonitor>(),
            provider.GetRequiredService<ServerProver>(),
            provider.GetRequiredService<IOptions<KestrelServerOptions>>().Value,
            provider.GetRequiredService<ILogger<Forwarder>>()));
        services.TryAddSingleton(static provider => new PeerTable(
            provider.GetRequiredService<ScalerServer>().Cluster.Node,
            provider.GetRequiredService<ScalerServer>().Membership,
            provider.GetRequiredService<ProvenServers>(),
            provider.GetRequiredService<ILogger<PeerTable>>()));
        services.TryAddSingleton(static provider => new ProvenServers(
            provider.GetRequiredService<ScalerServer>().Membership.Servers));
        services.TryAddSingleton(static provider => new PeerApplication(
            provider.GetRequiredService<IHttpContextFactory>(), provider.GetRequiredService<EngineServer>().InvokeAsync));
        services.TryAddSingleton(static provider => new PeerEndpoint(
            provider.GetRequiredService<ScalerServer>().Cluster.Node,
            provider.GetRequiredService<ScalerServer>().Id,
            provider.GetRequiredService<PeerApplication>(),
            provider.GetRequiredService<ILogger<PeerEndpoint>>()));

        // The first filter is the outermost one: host filtering is also a startup filter, registered by the host.
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter>(static provider => new ClusterTrafficFilter(
            provider.GetRequiredService<ScalerServer>().Cluster.Node,
            provider.GetRequiredService<PeerEndpoint>(),
            provider.GetRequiredService<ProbeEndpoint>(),
            provider.GetRequiredService<PeerApplication>(),
            provider.GetRequiredService<EndpointPaths>())));
        services.AddReachability();

        // Use the Engine.IO options of ScalerOptions, with the callbacks that bind sessions to the cluster.
        services.Replace(ServiceDescriptor.Singleton(EngineOptions));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ConnectionDrainer>();
        services.AddHostedService<SecretStartupLogger>();
        services.AddHostedService<ScalerHostedService>();
        services.AddHostedService(static provider =>
        {
            var server = provider.GetRequiredService<ScalerServer>();
            return new ExpiredSessionCloser(server.Local, server.Options, provider.GetRequiredService<TimeProvider>());
        });
        services.AddScalerAuth();
        services.AddHealthChecks().AddCheck<ScalerHealthCheck>("scaler", tags: ["ready"]);
        return services;
    }

    private static void AddReachability(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ScalerOptions>, PodAddress>());
        services.TryAddSingleton(static provider => new ProbeEndpoint(
            provider.GetRequiredService<ScalerServer>().Cluster.Node, provider.GetRequiredService<ScalerServer>().Id));
        services.TryAddSingleton(static provider => new ReachabilityProber(
            provider.GetRequiredService<ScalerServer>().Cluster.Node,
            provider.GetRequiredService<PeerTable>(), provider.GetRequiredService<ProvenServers>()));
        services.TryAddSingleton(static provider => new ServerProver(
            provider.GetRequiredService<ScalerServer>().Cluster.Node,
            provider.GetRequiredService<ProvenServers>(),
            provider.GetRequiredService<ReachabilityProber>().ProbeAsync));
        services.TryAddSingleton(static provider => new ReachabilityMonitor(
            provider.GetRequiredService<ScalerServer>().Cluster.Node,
            provider.GetRequiredService<ScalerServer>().Membership,
            provider.GetRequiredService<ReachabilityProber>().ProbeAsync,
            provider.GetRequiredService<ILogger<ReachabilityMonitor>>()));
        services.TryAddSingleton(static provider =>
        {
            var server = provider.GetRequiredService<ScalerServer>();
            var cluster = server.Options.Cluster;
            var pod = cluster.AdvertisedUrl is null ? PodAddress.Read(provider.GetRequiredService<IConfiguration>()) : null;
            var redis = new RedisRoute(() => server.Cluster.RedisEndpoints);
            return new AdvertisedUrlPublisher(
                new AdvertisedUrl(cluster.AdvertisedUrl, pod, redis), server.Membership, cluster,
                provider.GetRequiredService<TimeProvider>());
        });
    }

    /// <summary>
    /// Creates YARP's forwarder without a logger. It would log destination URLs, which contain session ids, and the stacks of
    /// exceptions that clients cause, such as a malformed chunk of a body. <see cref="StreamForwarder"/> logs failures.
    /// </summary>
    private static ServiceProvider CreateForwarderServices() =>
        new ServiceCollection().AddLogging().AddHttpForwarder().BuildServiceProvider();

    private static void AddScalerAuth(this IServiceCollection services)
    {
        services.AddWebEncoders();
        services.AddOptions<JwtBearerOptions>(JwtValidator.Scheme).Configure<IOptions<ScalerOptions>, TimeProvider>(
            static (jwt, scaler, time) => JwtValidator.Configure(jwt, scaler.Value.Auth, time));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>());

        // The Engine.IO server has registered the factory that removes session ids from URLs.
        var removesSessionIds = services.Last(static service => service.ServiceType == typeof(IHttpContextFactory)).ImplementationFactory!;
        services.AddSingleton<IHttpContextFactory>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<ScalerOptions>>().Value;
            var factory = (IHttpContextFactory)removesSessionIds(provider);
            return options.Auth.Mode == ScalerAuthMode.Jwt
                ? new AccessTokenContextFactory(factory, provider.GetRequiredService<EndpointPaths>())
                : factory;
        });
    }

    private static IOptions<EngineIOOptions> EngineOptions(IServiceProvider provider)
    {
        var server = provider.GetRequiredService<ScalerServer>();
        var options = server.Options.EngineIO;
        var admission = new SessionAuthorizer(server.Options);
        var plain = new PlainConnectionLog(
            server.Loggers.CreateLogger<PlainConnectionLog>(), provider.GetService<IHostEnvironment>());
        var (authorize, unknown, validate, limit) =
            (options.AuthorizeAsync, options.UnknownSessionAsync, options.ValidateSessionRequest, options.OnLimitReached);
        options.Path = server.Options.Path;
        options.CloseOnHostStop = false;
        options.GenerateId = _ => ClusterSid.Create(server.Id, server.Cluster.Node.Secret);
        options.AuthorizeAsync = context =>
        {
            plain.Check(context);
            return admission.AuthorizeAsync(context, authorize);
        };
        options.ValidateSessionRequest = async (context, session) =>
            await admission.IsOwnerAsync(context, session) && (validate is null || await validate(context, session));
        options.OnLimitReached = reached =>
        {
            LimitErrorReporter.Raise(server.Reporter, options, reached);
            limit?.Invoke(reached);
        };
        options.UnknownSessionAsync = async (context, sid) =>
            (unknown is not null && await unknown(context, sid))
            || await provider.GetRequiredService<Forwarder>().TryForwardAsync(context, sid);
        return Options.Create(options);
    }
}
