using Microsoft.Extensions.Options;

namespace Scaler.Stream.Security;

/// <summary>
/// Adds the Redis client. <c>ConnectionStrings:redis</c> is a connection string or a URL; the certificates come from
/// <c>Scaler:Redis</c>.
/// </summary>
internal static class RedisClientExtensions
{
    private const string Name = "redis";
    private const string Key = "ConnectionStrings:" + Name;

    /// <exception cref="OptionsValidationException">The connection string is missing or invalid.</exception>
    public static void AddRedis(this WebApplicationBuilder builder)
    {
        if (ScalerRedisOptions.FindProblem(Key, builder.Configuration.GetConnectionString(Name)) is { } problem)
        {
            throw new OptionsValidationException(Key, typeof(string), [problem]);
        }

        var tls = builder.Configuration.GetSection($"{ScalerOptions.Section}:Redis").Get<ScalerRedisOptions>()
            ?? new ScalerRedisOptions();
        builder.AddRedisClient(
            Name,
            settings => settings.ConnectionString = ScalerRedisOptions.ToConnectionString(settings.ConnectionString!),
            tls.ApplyTo);
    }
}
