using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Writes log entries on the consoles of a resource.</summary>
internal sealed class ConsoleLogger(ConsoleLines[] consoles) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = exception is null ? formatter(state, exception) : $"{formatter(state, exception)}{Environment.NewLine}{exception}";
        foreach (var line in text.Split('\n'))
            foreach (var console in consoles)
                console.Append(line.TrimEnd('\r'), logLevel >= LogLevel.Error);
    }
}
