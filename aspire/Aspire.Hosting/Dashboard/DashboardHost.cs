using Aspire.Hosting.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Gives the application its dashboard, in the background: nothing waits for it, and whatever is wrong with it is said in
/// a line. It is started with each AppHost, because one whose resource service died doesn't find another.
/// </summary>
internal sealed partial class DashboardHost(
    DistributedApplicationOptions options, DashboardSettings settings, TelemetryTarget telemetry, ResourceServer resources,
    DashboardInstaller installer, DashboardProcess process, IHostApplicationLifetime lifetime, ILogger<DistributedApplication> logger) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _work = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.DisableDashboard) return Task.CompletedTask;

        var installed = DashboardCommand.Find();
        if (installed is null && DashboardInstaller.Hindrance() is { } hindrance)
        {
            Log.None(logger, hindrance);
            return Task.CompletedTask;
        }

        // Processes learn where to send telemetry when they start, whether or not the dashboard is there by then.
        telemetry.Endpoint = settings.Telemetry.GetLeftPart(UriPartial.Authority);
        telemetry.ApiKey = settings.TelemetryKey;
        _work = RunAsync(installed, _stopping.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    private async Task RunAsync(string? installed, CancellationToken cancellationToken)
    {
        try
        {
            var command = installed ?? await installer.InstallAsync(cancellationToken);
            if (!File.Exists(command)) throw new FileNotFoundException($"{command} is not there");
            await resources.StartAsync(cancellationToken);
            var end = await process.RunAsync(command, () => Log.Login(logger, settings.LoginUrl), cancellationToken);

            // A signal to all processes may reach the dashboard first.
            if (!lifetime.ApplicationStopping.IsCancellationRequested) Log.Ended(logger, end);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application ends.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.None(logger, e.Message);
        }
        finally
        {
            await resources.DisposeAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Login to the dashboard at {Url}")]
        public static partial void Login(ILogger logger, string url);

        [LoggerMessage(2, LogLevel.Warning, "There is no dashboard: {Reason}")]
        public static partial void None(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Warning, "The dashboard ended, everything else goes on: {Reason}")]
        public static partial void Ended(ILogger logger, string reason);
    }
}
