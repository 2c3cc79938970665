using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Scaler.ServiceDefaults;

/// <summary>
/// Shuts the OpenTelemetry providers down within <see cref="TelemetryOptions.FlushTimeout"/> once all other services have stopped.
/// Without it, each provider waits up to five seconds when it is disposed, one after another, if the backend does not answer.
/// </summary>
internal sealed class TelemetryFlush(IServiceProvider services, IOptions<TelemetryOptions> options) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        // The providers ignore a second shutdown, so disposing of them afterwards does not wait again.
        var timeout = (int)options.Value.FlushTimeout.TotalMilliseconds;
        return Task.WhenAll(
            Task.Run(() => services.GetService<TracerProvider>()?.Shutdown(timeout), CancellationToken.None),
            Task.Run(() => services.GetService<MeterProvider>()?.Shutdown(timeout), CancellationToken.None),
            Task.Run(() => services.GetService<LoggerProvider>()?.Shutdown(timeout), CancellationToken.None));
    }
}
