using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Scaler.Stream.Security;

/// <summary>Adds the security settings of the service that go beyond the library's defaults.</summary>
internal static class StreamSecurityExtensions
{
    public static WebApplicationBuilder AddStreamSecurity(this WebApplicationBuilder builder)
    {
        builder.Services.AddKnownProxies();
        builder.Services.AddSingleton<IValidateOptions<ScalerOptions>, AuthModeValidator>();
        builder.Services.TryAddSingleton<DevelopmentOrigins>();
        builder.Services.AddSingleton<IPostConfigureOptions<ScalerOptions>>(
            static provider => provider.GetRequiredService<DevelopmentOrigins>());
        builder.Services.AddHostedService<SecurityStartupLogger>();
        return builder;
    }

    public static WebApplication UseStreamSecurity(this WebApplication app)
    {
        app.UseKnownProxies();
        app.Use(static (context, next) =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
        return app;
    }
}
