using Microsoft.Extensions.Logging;
using Scaler.EngineIO;

namespace Scaler;

/// <summary>
/// Logs the error events that have no listener, and the exceptions of listeners. <see cref="ErrorLogThrottle"/> limits the
/// entries. Of these, at most <see cref="MaxStacksPerWindow"/> per event name have a stack in each <see cref="StackWindow"/>.
/// </summary>
internal sealed partial class UnhandledErrorLog : IDisposable
{
    public const int MaxStacksPerWindow = 10;
    public static readonly TimeSpan StackWindow = TimeSpan.FromMinutes(1);

    private const int MaxArgumentsLength = 512;

    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ErrorLogThrottle _events;
    private readonly ErrorLogThrottle _listeners;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StackBudget> _stacks = [];

    public UnhandledErrorLog(ILogger logger, TimeProvider time)
    {
        (_logger, _time) = (logger, time);
        _events = new ErrorLogThrottle(time, LogSuppressed);
        _listeners = new ErrorLogThrottle(time, LogSuppressed);
    }

    /// <summary>Logs an error event that has no listener.</summary>
    public void Write(ScalerError error)
    {
        if (!_events.TryAcquire(error))
        {
            return;
        }

        // The argument of these two events is the client's message. It may contain sensitive data and must not be logged.
        var arguments = error.Name is ErrorNames.Json or ErrorNames.Invalid
            ? "" : LogText.Escape(string.Join(", ", error.Arguments), MaxArgumentsLength);
        var level = error.Name is ErrorNames.Handler || error.Exception is not null ? LogLevel.Error : LogLevel.Warning;
        var logged = GetLogged(error.Name, error.Exception);
        LogUnhandled(level, logged, error.Name, arguments, error.ConnectionId);
    }

    /// <summary>Logs an exception of a listener.</summary>
    public void ListenerThrew(ScalerError error, Exception exception)
    {
        if (_listeners.TryAcquire(error))
        {
            var logged = GetLogged("listener of " + error.Name, exception);
            var reason = LogText.Escape(ErrorReporter.Describe(exception), MaxArgumentsLength);
            LogListenerThrew(logged, error.Name, error.ConnectionId, reason);
        }
    }

    public void Dispose()
    {
        _events.Dispose();
        _listeners.Dispose();
    }

    /// <summary>Returns the exception to log with its stack, or <see langword="null"/> if its budget is used up.</summary>
    private Exception? GetLogged(string budgetName, Exception? exception) =>
        exception is not null && TryAcquireStack(budgetName) ? LogText.Escape(exception) : null;

    /// <summary>Acquires a stack. The keys are the names of the error events, so the number of budgets is bounded.</summary>
    private bool TryAcquireStack(string name)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (!_stacks.TryGetValue(name, out var budget) || _time.GetElapsedTime(budget.Started, now) >= StackWindow)
            {
                _stacks[name] = budget = new StackBudget(now);
            }

            return budget.Written++ < MaxStacksPerWindow;
        }
    }

    [LoggerMessage(EventId = 40, Message = "{ErrorEvent} ({Arguments}) on connection {ConnectionId}; the event has no listener.")]
    private partial void LogUnhandled(
        LogLevel level, Exception? exception, string errorEvent, string arguments, string? connectionId);

    [LoggerMessage(41, LogLevel.Error, "A listener of {ErrorEvent} threw an exception for connection {ConnectionId}: {Reason}")]
    private partial void LogListenerThrew(Exception? exception, string errorEvent, string? connectionId, string reason);

    [LoggerMessage(42, LogLevel.Warning, "{ErrorEvent} on connection {ConnectionId}: … and {Count} more in 1 s.")]
    private partial void LogSuppressed(string errorEvent, string? connectionId, int count);

    private sealed class StackBudget(long started)
    {
        public long Started => started;

        public int Written { get; set; }
    }
}
