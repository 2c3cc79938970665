using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Running;

/// <summary>Asks one process for its health: often until it is well, then now and again.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan WhileUnhealthy = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    public static async Task RunAsync(Replica replica, HttpHealthCheckAnnotation check, TimeProvider time, CancellationToken cancellationToken)
    {
        var endpoint = check.EndpointName ?? replica.Resource.Annotations.OfType<EndpointAnnotation>().First(e => e.IsHttp).Name;
        var url = new Uri($"http://127.0.0.1:{replica.Ports[endpoint]}{check.Path}");
        var name = check.Name(replica.Resource.Name);
        try
        {
            while (true)
            {
                var report = await AskAsync(name, url, check.StatusCode, time, cancellationToken);
                replica.Publish(s => s with { HealthReports = [.. s.HealthReports.Select(r => r.Name == name ? report : r)] });
                await Task.Delay(report.Status == HealthStatus.Healthy ? WhileHealthy : WhileUnhealthy, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Its process has ended.
        }
    }

    private static async Task<HealthReportSnapshot> AskAsync(
        string name, Uri url, int statusCode, TimeProvider time, CancellationToken cancellationToken)
    {
        HealthReportSnapshot report;
        try
        {
            using var response = await Client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            report = (int)response.StatusCode == statusCode
                ? new(name, HealthStatus.Healthy, $"{url} answered {statusCode}.", null)
                : new(name, HealthStatus.Unhealthy, $"{url} answered {(int)response.StatusCode}, not {statusCode}.", null);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            report = new(name, HealthStatus.Unhealthy, $"{url} did not answer: {e.Message}", null);
        }

        return report with { LastRunAt = time.GetUtcNow().UtcDateTime };
    }
}
