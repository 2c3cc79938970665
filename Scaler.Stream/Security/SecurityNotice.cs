using Microsoft.Extensions.Options;

namespace Scaler.Stream.Security;

/// <summary>Says at the start what is open, so that nobody learns it from somebody else.</summary>
internal sealed partial class SecurityNotice(IOptions<ScalerOptions> options, DevelopmentOrigins origins, ILogger<SecurityNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Auth.Mode != ScalerAuthMode.Jwt)
        {
            LogNoAuthentication();
        }

        if (origins.Apply)
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

    [LoggerMessage(10, LogLevel.Warning, "Clients are not authenticated (Scaler:Auth:Mode is None): each may name any account.")]
    private partial void LogNoAuthentication();

    [LoggerMessage(11, LogLevel.Information, "Development: pages of {Origins} may connect. Elsewhere only those of Scaler:EngineIO:Cors and of this server may.")]
    private partial void LogDevelopmentOrigins(string origins);

    [LoggerMessage(12, LogLevel.Warning, "Pages of every origin may connect (Scaler:EngineIO:Cors:Origins holds '*').")]
    private partial void LogEveryOrigin();
}
