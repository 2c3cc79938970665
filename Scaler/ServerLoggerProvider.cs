using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Scaler;

/// <summary>
/// Passes the log entries of Scaler in a standalone server's host to the logger factory of the server. The host's own entries are
/// omitted: below Warning, they contain URLs with session ids. Its errors are passed.
/// </summary>
internal sealed class ServerLoggerProvider(ILoggerFactory loggers) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("Scaler", StringComparison.Ordinal) || categoryName.StartsWith("Microsoft.AspNetCore.Server", StringComparison.Ordinal)
            ? new WarningLogger(loggers.CreateLogger(categoryName)) : NullLogger.Instance;

    public void Dispose()
    {
    }

    private sealed class WarningLogger(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && logger.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
