using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Scaler.AppHost;

/// <summary>Says which Redis it is: on the console, and in the dashboard in the resource's log and properties.</summary>
internal sealed partial class RedisNotice(
    RedisChoice redis, ResourceNotificationService notifications, ResourceLoggerService loggers) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Console.WriteLine($"Redis: {redis.Reason}");
        var resource = redis.Connection.Resource;
        await notifications.WaitForResourceAsync(resource.Name, _ => true, stoppingToken);
        Log.Chosen(loggers.GetLogger(resource), redis.Reason);
        await notifications.PublishUpdateAsync(
            resource, s => s with { Properties = [.. s.Properties, new ResourcePropertySnapshot("Choice", redis.Reason)] });
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Redis: {Reason}")]
        public static partial void Chosen(ILogger logger, string reason);
    }
}
