using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Scaler.AppHost;

/// <summary>Prints the URLs that a person opens, each when there is something to see.</summary>
internal sealed class Announcer(ResourceNotificationService notifications, IEnumerable<Announcement> announcements) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(announcements.Select(announcement => AnnounceAsync(announcement, stoppingToken)));

    private async Task AnnounceAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        await notifications.WaitForResourceAsync(
            announcement.Resource, e => e.Snapshot.HealthStatus == HealthStatus.Healthy, cancellationToken);
        Console.WriteLine($"{announcement.Title} is ready: {await announcement.Url(cancellationToken)}");
    }
}
