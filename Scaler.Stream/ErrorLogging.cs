namespace Scaler.Stream;

/// <summary>The application's decision about error events: it logs each, the critical ones as warnings, without what clients sent.</summary>
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
        // The arguments of these two are a client's message: it may hold anything, and belongs into no log.
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
