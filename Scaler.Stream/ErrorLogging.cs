using Scaler.EngineIO;

namespace Scaler.Stream;

/// <summary>
/// Logs error events: critical events as warnings, others as information. Messages of clients are not logged. Of the events with
/// the same name on the same connection, the first in each second is logged, and the others are counted.
/// </summary>
internal sealed partial class ErrorLogging : IHostedService, IDisposable
{
    private const int MaxArgumentsLength = 512;

    private readonly ScalerServer _server;
    private readonly ILogger _logger;
    private readonly ErrorLogThrottle _throttle;

    public ErrorLogging(ScalerServer server, TimeProvider time, ILogger<ErrorLogging> logger)
    {
        (_server, _logger) = (server, logger);
        _throttle = new ErrorLogThrottle(time, LogSuppressed);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _server.Errors.Raised += Raised;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _server.Errors.Raised -= Raised;
        return Task.CompletedTask;
    }

    public void Dispose() => _throttle.Dispose();

    private void Raised(ScalerError error)
    {
        if (!_throttle.TryAcquire(error))
        {
            return;
        }

        // The argument of these two events is the client's message. It may contain sensitive data and must not be logged.
        var arguments = error.Name is ErrorNames.Json or ErrorNames.Invalid
            ? "" : LogText.Escape(string.Join(", ", error.Arguments), MaxArgumentsLength);
        if (error.IsCritical)
        {
            LogCritical(error.Name, arguments, error.ConnectionId);
        }
        else
        {
            LogOther(error.Name, arguments, error.ConnectionId);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{ErrorEvent} ({Arguments}) on connection {ConnectionId}")]
    private partial void LogCritical(string errorEvent, string arguments, string? connectionId);

    [LoggerMessage(2, LogLevel.Information, "{ErrorEvent} ({Arguments}) on connection {ConnectionId}")]
    private partial void LogOther(string errorEvent, string arguments, string? connectionId);

    [LoggerMessage(3, LogLevel.Warning, "{ErrorEvent} on connection {ConnectionId}: … and {Count} more in 1 s")]
    private partial void LogSuppressed(string errorEvent, string? connectionId, int count);
}
