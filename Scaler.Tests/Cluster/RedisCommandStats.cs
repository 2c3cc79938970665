using System.Globalization;
using StackExchange.Redis;

namespace Scaler.Tests.Cluster;

/// <summary>Counts the calls of Redis commands, from the <c>commandstats</c> section of <c>INFO</c>.</summary>
internal static class RedisCommandStats
{
    public static Task<int> CountScriptsAsync(IConnectionMultiplexer redis) => CountAsync(redis, "evalsha");

    public static async Task<int> CountAsync(IConnectionMultiplexer redis, string name)
    {
        var commands = await redis.GetServers()[0].InfoAsync("commandstats");

        // cmdstat_evalsha:calls=3,usec=…
        var calls = commands.SelectMany(group => group).Where(command => command.Key == $"cmdstat_{name}").Select(command => command.Value).SingleOrDefault();
        return calls is null ? 0 : int.Parse(calls.Split('=', ',')[1], CultureInfo.InvariantCulture);
    }
}
