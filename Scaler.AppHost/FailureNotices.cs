using Microsoft.Extensions.Hosting;

namespace Scaler.AppHost;

/// <summary>
/// Prints the last lines of a process that ends with an error, such as an invalid setting, because resource logs otherwise appear
/// only in the dashboard.
/// </summary>
internal sealed class FailureNotices(ResourceNotificationService notifications, ResourceLoggerService loggers) : BackgroundService
{
    private const int MaxLines = 3;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var reported = new HashSet<string>();
        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            var failed = change.Snapshot.ExitCode is not (null or 0) && KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text);
            if (!failed)
            {
                reported.Remove(change.ResourceId);
            }
            else if (reported.Add(change.ResourceId))
            {
                await ReportAsync(change.ResourceId, change.Snapshot.ExitCode!.Value, stoppingToken);
            }
        }
    }

    private async Task ReportAsync(string resource, int exitCode, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine($"{resource} ended with exit code {exitCode}.");
        var lines = new Queue<string>();
        await foreach (var batch in loggers.GetAllAsync(resource).WithCancellation(cancellationToken))
        {
            foreach (var line in batch)
            {
                if (lines.Count == MaxLines) lines.Dequeue();
                lines.Enqueue(line.Content);
            }
        }

        foreach (var line in lines) Console.Error.WriteLine($"  {line}");
    }
}
