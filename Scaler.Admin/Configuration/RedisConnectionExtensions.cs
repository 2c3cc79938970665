using Microsoft.Extensions.Options;

namespace Scaler.Admin.Configuration;

/// <summary>
/// Registers the Redis client with the servers' settings: <c>ConnectionStrings:redis</c> (a URL is accepted too) and the
/// certificates of <c>Scaler:Redis</c>. The settings are validated at startup. An unreachable Redis does not stop the dashboard.
/// </summary>
internal static class RedisConnectionExtensions
{
    private const string Key = "ConnectionStrings:redis";

    /// <summary>Adds the Redis client.</summary>
    /// <exception cref="OptionsValidationException">The connection string is missing or invalid.</exception>
    public static WebApplicationBuilder AddRedis(this WebApplicationBuilder builder)
    {
        if (ScalerRedisOptions.FindProblem(Key, builder.Configuration.GetConnectionString("redis")) is { } problem)
        {
            throw new OptionsValidationException(Key, typeof(string), [problem]);
        }

        var certificates = builder.Configuration.GetSection($"{ScalerOptions.Section}:Redis").Get<ScalerRedisOptions>() ?? new ScalerRedisOptions();
        builder.AddRedisClient(
            "redis",
            settings =>
            {
                settings.ConnectionString = ScalerRedisOptions.ToConnectionString(settings.ConnectionString!);
                settings.DisableHealthChecks = true;
            },
            certificates.ApplyTo);
        return builder;
    }
}
