namespace Scaler.Stream;

/// <summary>
/// Logs each error event: critical events as warnings, others as information. Messages of clients are not logged.
/// </summary>
internal sealed partial class ErrorLogging(ScalerServer server, ILogger<ErrorLogging> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        server.Errors.Raised += Raised;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        server.Errors.Raised -= Raised;
        return Task.CompletedTask;
    }

    private void Raised(ScalerError error)
    {
        // The argument of these two events is the client's message. It may contain sensitive data and must not be logged.
        var arguments = error.Name is ErrorNames.Json or ErrorNames.Invalid ? "" : string.Join(", ", error.Arguments);
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
}
