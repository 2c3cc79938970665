namespace Scaler.Stream.Security;

/// <summary>The client of Redis: <c>ConnectionStrings:redis</c>, a URL too, with the certificates of <c>Scaler:Redis</c>.</summary>
internal static class RedisClient
{
    public static void AddRedis(this WebApplicationBuilder builder)
    {
        var tls = builder.Configuration.GetSection($"{ScalerOptions.Section}:Redis").Get<ScalerRedisOptions>() ?? new ScalerRedisOptions();
        builder.AddRedisClient(
            "redis",
            settings => settings.ConnectionString = settings.ConnectionString is { } connection ? ScalerRedisOptions.ToConnectionString(connection) : null,
            tls.ApplyTo);
    }
}
