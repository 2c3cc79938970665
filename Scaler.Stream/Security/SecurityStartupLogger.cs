using Microsoft.Extensions.Options;

namespace Scaler.Stream.Security;

/// <summary>Logs permissive security settings at startup, so that operators notice them.</summary>
internal sealed partial class SecurityStartupLogger(
    IOptions<ScalerOptions> options, DevelopmentOrigins origins, ILogger<SecurityStartupLogger> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Auth.Mode != ScalerAuthMode.Jwt)
        {
            LogNoAuthentication();
        }

        if (origins.IsEnabled)
        {
            LogDevelopmentOrigins(string.Join(", ", DevelopmentOrigins.Origins));
        }
        else if (options.Value.EngineIO.Cors is { Enabled: true } cors && cors.Origins.Contains("*"))
        {
            LogEveryOrigin();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(10, LogLevel.Warning,
        "Clients are not authenticated (Scaler:Auth:Mode is None): any client may use any account.")]
    private partial void LogNoAuthentication();

    [LoggerMessage(11, LogLevel.Information,
        "Development: pages from {Origins} may connect. "
        + "In other environments, only pages from this server and from the origins in Scaler:EngineIO:Cors may connect.")]
    private partial void LogDevelopmentOrigins(string origins);

    [LoggerMessage(12, LogLevel.Warning, "Pages from any origin may connect (Scaler:EngineIO:Cors:Origins contains '*').")]
    private partial void LogEveryOrigin();
}
