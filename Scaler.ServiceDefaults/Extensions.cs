using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Scaler.ServiceDefaults;

/// <summary>What every service of the solution has: telemetry, health, service discovery, HTTP clients that retry.</summary>
public static class Extensions
{
    /// <summary>The path that says whether the service is ready for clients.</summary>
    public const string ReadyPath = "/health";

    /// <summary>The path that says whether the process lives; what it depends on doesn't count.</summary>
    public const string AlivePath = "/alive";

    private const string LiveTag = "live";

    // The names of what Scaler's libraries measure and trace. They are theirs; these defaults only subscribe.
    private static readonly string[] Instrumented = ["Scaler.EngineIO", "Scaler"];

    /// <summary>Adds telemetry, health checks, service discovery and HTTP resilience.</summary>
    /// <typeparam name="TBuilder">The kind of application.</typeparam>
    /// <param name="builder">The application.</param>
    /// <returns>The application.</returns>
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
    /// Maps <see cref="ReadyPath"/> (all health checks) and <see cref="AlivePath"/> (those tagged "live"). They are
    /// mapped in every environment, because whoever runs the service has to ask them; they answer one word and no
    /// detail. Keep them from strangers with the host's filter or at the proxy where that is too much.
    /// </summary>
    /// <typeparam name="TEndpoints">The kind of application.</typeparam>
    /// <param name="endpoints">The application.</param>
    /// <returns>The application.</returns>
    public static TEndpoints MapDefaultEndpoints<TEndpoints>(this TEndpoints endpoints) where TEndpoints : IEndpointRouteBuilder
    {
        endpoints.MapHealthChecks(ReadyPath);
        endpoints.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) });
        return endpoints;
    }

    private static void AddTelemetry(IHostApplicationBuilder builder)
    {
        // Where nobody takes it, telemetry would only cost: every message would begin a trace that is then thrown away.
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(Instrumented))
            .WithTracing(tracing => tracing
                .AddSource([builder.Environment.ApplicationName, .. Instrumented])

                // Health is asked every few seconds for ever; its traces would bury the others.
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    !context.Request.Path.StartsWithSegments(ReadyPath) && !context.Request.Path.StartsWithSegments(AlivePath))
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
    }
}
