using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Scaler.ServiceDefaults;

/// <summary>Adds the defaults that every service of the solution shares: telemetry, health checks, service discovery, HTTP resilience.</summary>
public static class Extensions
{
    /// <summary>The path that reports whether the service is ready for clients.</summary>
    public const string ReadyPath = "/health";

    /// <summary>The path that reports whether the process is alive, whatever the state of its dependencies.</summary>
    public const string AlivePath = "/alive";

    private const string LiveTag = "live";

    // The meters and activity sources of Scaler's libraries.
    private static readonly string[] Instrumented = ["Scaler.EngineIO", "Scaler", "Scaler.DirectSockets"];

    /// <summary>Adds telemetry, health checks, service discovery and HTTP resilience.</summary>
    /// <typeparam name="TBuilder">The type of the application builder.</typeparam>
    /// <param name="builder">The application builder.</param>
    /// <returns>The same builder, for chaining.</returns>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        AddTelemetry(builder);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>
    /// Maps <see cref="ReadyPath"/> (all health checks) and <see cref="AlivePath"/> (health checks tagged "live") in every environment,
    /// because load balancers and orchestrators need them there. Both answer one word without details. Restrict them by host
    /// filtering or at the proxy if they must not be public.
    /// </summary>
    /// <typeparam name="TEndpoints">The type of the application.</typeparam>
    /// <param name="endpoints">The application.</param>
    /// <returns>The same application, for chaining.</returns>
    public static TEndpoints MapDefaultEndpoints<TEndpoints>(this TEndpoints endpoints) where TEndpoints : IEndpointRouteBuilder
    {
        endpoints.MapHealthChecks(ReadyPath);
        endpoints.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) });
        return endpoints;
    }

    private static void AddTelemetry(IHostApplicationBuilder builder)
    {
        // Without an endpoint to export to, tracing would only cost CPU: every message would start an activity that is discarded.
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddOptions<TelemetryOptions>().Bind(builder.Configuration.GetSection(TelemetryOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        builder.Services.AddHostedService<TelemetryFlush>();

        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(Instrumented))
            .WithTracing(tracing => tracing
                .AddSource([builder.Environment.ApplicationName, .. Instrumented])

                // Orchestrators poll the health endpoints every few seconds; their traces would bury all others.
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    !context.Request.Path.StartsWithSegments(ReadyPath) && !context.Request.Path.StartsWithSegments(AlivePath))
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
    }
}
