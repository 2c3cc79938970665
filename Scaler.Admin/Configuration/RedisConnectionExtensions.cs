namespace Scaler.Admin.Configuration;

/// <summary>
/// Registers the Redis client with the servers' settings: <c>ConnectionStrings:redis</c> (a URL is accepted too) and the
/// certificates of <c>Scaler:Redis</c>. The settings are validated at startup. An unreachable Redis does not stop the dashboard.
/// </summary>
internal static class RedisConnectionExtensions
{
    private const string Key = "ConnectionStrings:redis";
    private const string Examples = "use 127.0.0.1:6379,password=… or rediss://user:password@host:6380";

    /// <summary>Adds the Redis client.</summary>
    /// <exception cref="InvalidOperationException">The connection string is missing or invalid.</exception>
    public static WebApplicationBuilder AddRedis(this WebApplicationBuilder builder)
    {
        if (GetProblem(builder.Configuration.GetConnectionString("redis")) is { } problem)
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

    /// <summary>
    /// Returns the problem with a connection string: the key, its value without the password, and a remedy.
    /// </summary>
    /// <param name="value">The connection string.</param>
    /// <returns>The problem, or <see langword="null"/> if the connection string is valid.</returns>
    public static string? GetProblem(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return $"{Key} is {(value is null ? "missing" : "empty")}: set it to the address of the Redis that the servers use, such as 127.0.0.1:6379";
        }

        try
        {
            return new ScalerRedisOptions().Parse(value).EndPoints.Count > 0 ? null : $"{Key} contains no address: {Examples}";
        }
        catch (FormatException exception)
        {
            // An unparsable value cannot be redacted. Show only the part before any possible password.
            var shown = value.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? value[..(scheme + 3)] : value.Split(',')[0];
            return $"{Key} starts with '{shown}' and can't be parsed: {Examples}. {exception.Message}";
        }
    }
}
