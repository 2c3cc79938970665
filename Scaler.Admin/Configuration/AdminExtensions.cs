using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.FluentUI.AspNetCore.Components;
using Scaler.Admin.Components;
using Scaler.Admin.Export;
using Scaler.Admin.Security;
using Scaler.Admin.Services.Actions;
using Scaler.Admin.Services.Cluster;
using Scaler.Admin.Services.Live;

namespace Scaler.Admin.Configuration;

/// <summary>Registers and maps the dashboard. The program and the tests share these two calls.</summary>
internal static class AdminExtensions
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    public static WebApplicationBuilder AddAdmin(this WebApplicationBuilder builder)
    {
        // In build output the assets are spread over several folders, joined by a manifest. By default, only Development reads it.
        builder.WebHost.UseStaticWebAssets();

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AdminOptions>().Bind(builder.Configuration.GetSection(AdminOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AdminOptions>, AdminOptionsValidator>();

        // Open pages would otherwise delay shutdown by the host's default of 30 s. No dashboard request is worth that wait.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);

        services.TryAddSingleton<IClusterView, ClusterView>();
        services.AddSingleton<ClusterMonitor>().AddHostedService(provider => provider.GetRequiredService<ClusterMonitor>());
        services.AddSingleton<ErrorFeed>().AddHostedService(provider => provider.GetRequiredService<ErrorFeed>());
        services.AddSingleton<RegistryMonitor>().AddHostedService(provider => provider.GetRequiredService<RegistryMonitor>());
        services.AddSingleton<AuditLog>().AddHostedService(provider => provider.GetRequiredService<AuditLog>());
        services.AddSingleton<ClusterActions>();

        services.AddAdminSecurity(builder.Configuration);
        services.AddHostedService<LoginUrlLogger>();
        services.AddHealthChecks().AddCheck<RedisHealth>("redis");

        // The health check service logs every failed probe, possibly with a stack trace. RedisHealth logs state changes only.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddFluentUIComponents();
        return builder;
    }

    public static WebApplication MapAdmin(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapLogout();
        app.MapOpenIdConnectLogin();
        app.MapExport();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options =>

            // SecurityHeaders sends a stricter policy.
            options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }
}
