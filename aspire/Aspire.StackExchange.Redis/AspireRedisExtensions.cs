using Aspire.StackExchange.Redis;
using HealthChecks.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Stands in for Aspire's class of the same name. Keyed clients are not offered.</summary>
public static class AspireRedisExtensions
{
    private const string Section = "Aspire:StackExchange:Redis";

    /// <summary>
    /// Adds an <see cref="IConnectionMultiplexer"/> and a health check of it. The client is there even while Redis is
    /// not: it goes on trying, unless the options say otherwise.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="connectionName">The name of the connection string.</param>
    /// <param name="configureSettings">Changes the settings, read from <c>Aspire:StackExchange:Redis</c>.</param>
    /// <param name="configureOptions">Changes the client's options.</param>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder, string connectionName, Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        var settings = new StackExchangeRedisSettings();
        builder.Configuration.GetSection(Section).Bind(settings);
        builder.Configuration.GetSection($"{Section}:{connectionName}").Bind(settings);
        if (builder.Configuration.GetConnectionString(connectionName) is { } connectionString) settings.ConnectionString = connectionString;
        configureSettings?.Invoke(settings);

        builder.Services.TryAddSingleton<IConnectionMultiplexer>(_ => Connect(builder, connectionName, settings, configureOptions));
        if (settings.DisableHealthChecks) return;
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "StackExchange.Redis",
            services => new RedisHealthCheck(services.GetRequiredService<IConnectionMultiplexer>()),
            failureStatus: null,
            tags: null));
    }

    private static ConnectionMultiplexer Connect(
        IHostApplicationBuilder builder, string name, StackExchangeRedisSettings settings, Action<ConfigurationOptions>? configure)
    {
        var text = settings.ConnectionString
            ?? throw new InvalidOperationException($"ConnectionString is missing. It should be provided in 'ConnectionStrings:{name}'.");
        var options = ConfigurationOptions.Parse(text);
        if (!text.Contains("abortConnect", StringComparison.OrdinalIgnoreCase)) options.AbortOnConnectFail = false;
        builder.Configuration.GetSection($"{Section}:ConfigurationOptions").Bind(options);
        builder.Configuration.GetSection($"{Section}:{name}:ConfigurationOptions").Bind(options);
        configure?.Invoke(options);
        return ConnectionMultiplexer.Connect(options);
    }
}
