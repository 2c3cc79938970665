using Microsoft.Extensions.Logging;

namespace Scaler;

/// <summary>
/// Logs the error events that have no listener, and the exceptions of listeners, with their stacks. It logs at most
/// <see cref="MaxPerWindow"/> entries per event name in each <see cref="Window"/>, because clients cause some of the events. The
/// first entry of the next window states how many were dropped.
/// </summary>
internal sealed partial class UnhandledErrorLog(ILogger logger, TimeProvider time)
{
    public const int MaxPerWindow = 10;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, bool IsListener), Budget> _budgets = [];

    /// <summary>Logs an error event that has no listener.</summary>
    public void Write(ScalerError error)
    {
        if (!TryAcquire((error.Name, false), out var dropped))
        {
            return;
        }

        // The argument of these two events is the client's message. It may contain sensitive data and must not be logged.
        var arguments = error.Name is ErrorNames.Json or ErrorNames.Invalid ? "" : string.Join(", ", error.Arguments);
        var level = error.Name is ErrorNames.Handler || error.Exception is not null ? LogLevel.Error : LogLevel.Warning;
        LogUnhandled(level, error.Exception, error.Name, arguments, error.ConnectionId, dropped);
    }

    /// <summary>Logs an exception of a listener.</summary>
    public void ListenerThrew(ScalerError error, Exception exception)
    {
        if (TryAcquire((error.Name, true), out var dropped))
        {
            LogListenerThrew(exception, error.Name, error.ConnectionId, dropped);
        }
    }

    /// <summary>Acquires a log entry. The keys are the names of the error events, so the number of budgets is bounded.</summary>
    private bool TryAcquire((string Name, bool IsListener) key, out int dropped)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (!_budgets.TryGetValue(key, out var budget))
            {
                _budgets[key] = budget = new Budget { Started = now };
            }

            dropped = 0;
            if (time.GetElapsedTime(budget.Started, now) >= Window)
            {
                dropped = budget.Dropped;
                (budget.Started, budget.Written, budget.Dropped) = (now, 0, 0);
            }

            if (budget.Written == MaxPerWindow)
            {
                budget.Dropped++;
                return false;
            }

            budget.Written++;
            return true;
        }
    }

    [LoggerMessage(EventId = 40, Message = "{ErrorEvent} ({Arguments}) on connection {ConnectionId}; the event has no listener, "
        + "{Dropped} earlier ones were not logged.")]
    private partial void LogUnhandled(
        LogLevel level, Exception? exception, string errorEvent, string arguments, string? connectionId, int dropped);

    [LoggerMessage(41, LogLevel.Error, "A listener of {ErrorEvent} threw an exception for connection {ConnectionId}; "
        + "{Dropped} earlier ones were not logged.")]
    private partial void LogListenerThrew(Exception exception, string errorEvent, string? connectionId, int dropped);

    private sealed class Budget
    {
        public long Started { get; set; }

        public int Written { get; set; }

        public int Dropped { get; set; }
    }
}
