using Scaler.EngineIO;

namespace Scaler.Admin.Services.Live;

/// <summary>Classifies and describes exceptions that are caused by a Redis outage.</summary>
public static class Outage
{
    private const int MaxLength = 160;

    /// <summary>
    /// Determines whether an exception means that the cluster is unavailable, as opposed to a bug in the dashboard.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <returns><see langword="true"/> if the cluster is unavailable; otherwise, <see langword="false"/>.</returns>
    public static bool IsOutage(Exception exception) =>
        RedisFailure.Is(exception) || exception is OperationCanceledException or ObjectDisposedException;

    /// <summary>
    /// Returns the first sentence of an exception's message. StackExchange.Redis appends a long list of counters.
    /// </summary>
    /// <param name="exception">The exception.</param>
    /// <returns>The description, one line.</returns>
    public static string Describe(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var message = exception.Message.AsSpan();

        // "The message timed out in the backlog … (5000ms, …), command=PING, timeout: 5000, inst: 0, qu: 0, …"
        var end = message.IndexOfAny(';', '\n', '\r');
        var comma = message.IndexOf(", command=", StringComparison.Ordinal);
        end = end < 0 ? message.Length : end;
        end = comma >= 0 ? Math.Min(comma, end) : end;
        var first = message[..end].Trim();
        return LogText.Escape(first.ToString(), MaxLength);
    }
}
