using Microsoft.Extensions.Options;

namespace Scaler.Stream.Security;

/// <summary>
/// Allows pages from localhost on any port to connect in Development, unless <c>Scaler:EngineIO:Cors</c> is configured.
/// </summary>
internal sealed class DevelopmentOrigins(IHostEnvironment environment, IConfiguration configuration)
    : IPostConfigureOptions<ScalerOptions>
{
    public static readonly string[] Origins =
        ["http://localhost:*", "https://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

    public bool IsEnabled =>
        environment.IsDevelopment() && !configuration.GetSection($"{ScalerOptions.Section}:EngineIO:Cors").Exists();

    public void PostConfigure(string? name, ScalerOptions options)
    {
        if (IsEnabled)
        {
            options.EngineIO.Cors.Enabled = true;
            foreach (var origin in Origins)
            {
                options.EngineIO.Cors.Origins.Add(origin);
            }
        }
    }
}
