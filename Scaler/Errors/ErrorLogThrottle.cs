namespace Scaler;

/// <summary>
/// Limits the log entries of error events, because clients cause most of them. Of the events with the same name on the same
/// connection, the first in a <see cref="Window"/> may be logged, and the number of the others is reported at its end. A window
/// has at most <see cref="MaxPerWindow"/> entries; the events of further connections are counted together.
/// </summary>
public sealed class ErrorLogThrottle : IDisposable
{
    /// <summary>The maximum number of entries in a window: 100.</summary>
    public const int MaxPerWindow = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Name, string? ConnectionId), int> _suppressed = [];
    private readonly Action<string, string?, int> _onSuppressed;
    private readonly ITimer _timer;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="time">The time provider.</param>
    /// <param name="onSuppressed">
    /// The callback that logs how many events were not logged: the event name, the connection id, or <see langword="null"/> for
    /// events without a connection or of several connections, and the number. Its exceptions are ignored.
    /// </param>
    public ErrorLogThrottle(TimeProvider time, Action<string, string?, int> onSuppressed)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(onSuppressed);
        _onSuppressed = onSuppressed;
        _timer = time.CreateTimer(
            static state => ((ErrorLogThrottle)state!).EndWindow(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets the duration of a window: 1 s. A window begins with its first event.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Determines whether an event may be logged, and counts it otherwise.</summary>
    /// <param name="error">The event.</param>
    /// <returns><see langword="true"/> if the event may be logged; otherwise, <see langword="false"/>.</returns>
    public bool TryAcquire(ScalerError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        lock (_lock)
        {
            var key = (error.Name, error.ConnectionId);
            if (!_suppressed.ContainsKey(key) && _suppressed.Count >= MaxPerWindow)
            {
                key = (error.Name, null);
            }

            if (_suppressed.TryGetValue(key, out var count))
            {
                _suppressed[key] = count + 1;
                return false;
            }

            if (_suppressed.Count == 0)
            {
                _timer.Change(Window, Timeout.InfiniteTimeSpan);
            }

            _suppressed.Add(key, 0);
            return true;
        }
    }

    /// <summary>Ends the current window, which reports the events that were not logged.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        EndWindow();
    }

    private void EndWindow()
    {
        KeyValuePair<(string Name, string? ConnectionId), int>[] ended;
        lock (_lock)
        {
            ended = [.. _suppressed.Where(static entry => entry.Value > 0)];
            _suppressed.Clear();
        }

        foreach (var ((name, connectionId), count) in ended)
        {
            try
            {
                _onSuppressed(name, connectionId, count);
            }
#pragma warning disable CA1031 // An exception of a logger must not end the process, as any exception of a timer does.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
    }
}
