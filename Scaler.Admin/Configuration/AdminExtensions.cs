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

/// <summary>The dashboard as two calls, so that a test starts the very thing that the program does.</summary>
internal static class AdminExtensions
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    public static WebApplicationBuilder AddAdmin(this WebApplicationBuilder builder)
    {
        // From build output the assets lie in many folders, which a manifest joins: without this only Development would read it.
        builder.WebHost.UseStaticWebAssets();

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AdminOptions>().Bind(builder.Configuration.GetSection(AdminOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AdminOptions>, AdminOptionsValidation>();

        // Whoever has a page open would otherwise keep the process for the platform's 30 s: a dashboard has nobody to wait for.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);

        services.TryAddSingleton<IClusterView, ClusterView>();
        services.AddSingleton<ClusterMonitor>().AddHostedService(provider => provider.GetRequiredService<ClusterMonitor>());
        services.AddSingleton<ErrorFeed>().AddHostedService(provider => provider.GetRequiredService<ErrorFeed>());
        services.AddSingleton<RegistryMonitor>().AddHostedService(provider => provider.GetRequiredService<RegistryMonitor>());
        services.AddSingleton<AuditLog>().AddHostedService(provider => provider.GetRequiredService<AuditLog>());
        services.AddSingleton<ClusterActions>();

        services.AddAdminSecurity(builder.Configuration);
        services.AddHostedService<LoginAnnouncement>();
        services.AddHealthChecks().AddCheck<RedisHealth>("redis");

        // It writes a line, or a page of them, at each probe for as long as something is wrong. The check logs what changes.
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

            // SecurityHeaders says it, and more.
            options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }
}
