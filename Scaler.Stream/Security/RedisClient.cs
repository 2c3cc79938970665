namespace Scaler.Stream.Security;

/// <summary>
/// Adds the Redis client. <c>ConnectionStrings:redis</c> is a connection string or a URL; the certificates come from
/// <c>Scaler:Redis</c>.
/// </summary>
internal static class RedisClient
{
    public static void AddRedis(this WebApplicationBuilder builder)
    {
        var tls = builder.Configuration.GetSection($"{ScalerOptions.Section}:Redis").Get<ScalerRedisOptions>()
            ?? new ScalerRedisOptions();
        builder.AddRedisClient(
            "redis",
            settings => settings.ConnectionString =
                settings.ConnectionString is { } connection ? ScalerRedisOptions.ToConnectionString(connection) : null,
            tls.ApplyTo);
    }
}
