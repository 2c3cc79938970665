using StackExchange.Redis;

namespace Scaler.Admin.Services.Live;

/// <summary>Says in one line why Redis could not be asked.</summary>
public static class Outage
{
    private const int Longest = 160;

    /// <summary>Whether an exception means that the cluster could not be asked, and not that the dashboard has a bug.</summary>
    public static bool IsOutage(Exception exception) =>
        exception is RedisException or TimeoutException or OperationCanceledException or ObjectDisposedException;

    /// <summary>The exception's first sentence. What follows it in Redis's client is a page of counters.</summary>
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
        return first.Length > Longest ? string.Concat(first[..Longest], "…") : first.ToString();
    }
}
