using StackExchange.Redis;

namespace Scaler.Admin.Configuration;

/// <summary>Checks the connection string of Redis at start. Whether Redis answers is another matter, and none that stops the dashboard.</summary>
internal static class RedisSetting
{
    private const string Key = "ConnectionStrings:redis";

    /// <summary>What is wrong with it, what it holds (without its password) and what would be right; null if it can be used.</summary>
    public static string? Problem(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return $"{Key} is {(value is null ? "missing" : "empty")}: give it the address of the servers' Redis, such as 127.0.0.1:6379";
        }

        try
        {
            return ConfigurationOptions.Parse(value).EndPoints.Count > 0
                ? null
                : $"{Key} names no address: begin it with one, such as 127.0.0.1:6379,password=…";
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // What can't be parsed can't be stripped of its password either, so only its beginning is shown.
            return $"{Key} begins with '{value.Split(',')[0]}' and can't be read ({exception.Message}): such as 127.0.0.1:6379,password=… is right";
        }
    }

    /// <summary>Ends the start where it can't be used.</summary>
    public static WebApplicationBuilder RequireRedis(this WebApplicationBuilder builder) =>
        Problem(builder.Configuration.GetConnectionString("redis")) is { } problem ? throw new InvalidOperationException(problem) : builder;
}
