namespace Scaler.Admin.Configuration;

/// <summary>
/// The client of Redis, by the servers' own settings: <c>ConnectionStrings:redis</c>, a URL too, with the certificates of <c>Scaler:Redis</c>.
/// They are checked at start. Whether Redis answers is another matter, and none that stops the dashboard.
/// </summary>
internal static class RedisSetting
{
    private const string Key = "ConnectionStrings:redis";
    private const string Right = "127.0.0.1:6379,password=… or rediss://user:password@host:6380 is right";

    /// <summary>Adds the client; ends the start where the settings cannot work.</summary>
    public static WebApplicationBuilder AddRedis(this WebApplicationBuilder builder)
    {
        if (Problem(builder.Configuration.GetConnectionString("redis")) is { } problem)
        {
            throw new InvalidOperationException(problem);
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

    /// <summary>What is wrong with the connection string, what it holds (without its password) and what would be right; null if it can be used.</summary>
    public static string? Problem(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return $"{Key} is {(value is null ? "missing" : "empty")}: give it the address of the servers' Redis, such as 127.0.0.1:6379";
        }

        try
        {
            return new ScalerRedisOptions().Parse(value).EndPoints.Count > 0 ? null : $"{Key} names no address: {Right}";
        }
        catch (FormatException exception)
        {
            // What can't be parsed can't be stripped of its password either, so only what stands in front of where one may be is shown.
            var shown = value.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? value[..(scheme + 3)] : value.Split(',')[0];
            return $"{Key} begins with '{shown}' and can't be read: {Right}. {exception.Message}";
        }
    }
}
