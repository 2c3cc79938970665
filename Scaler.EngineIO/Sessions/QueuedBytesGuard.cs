using Microsoft.Extensions.Logging;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Keeps the queues of all sessions together below <see cref="EngineIOOptions.MaxTotalQueuedBytes"/>. While they are above it,
/// the sessions with the most queued bytes are closed, because they read the slowest.
/// </summary>
/// <remarks>
/// The queues are added up once per second, and only while the managed heap, which contains them, is larger than the limit. A
/// running total would cost an interlocked operation per message, and would count a broadcast once per receiver.
/// </remarks>
internal sealed partial class QueuedBytesGuard : IDisposable
{
    /// <summary>The interval of the checks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // The part of the available memory that the queues may use by default.
    private const int DefaultDivisor = 4;

    // A session with fewer queued bytes is not slow: it is not closed, and its shared messages are not looked up.
    private const int MinSlowBytes = 64 * 1024;

    private readonly SessionTable _table;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private volatile bool _isExceeded;

    public QueuedBytesGuard(EngineIOOptions options, SessionTable table, ILogger logger, TimeProvider time)
    {
        (_table, _logger) = (table, logger);
        Limit = options.MaxTotalQueuedBytes > 0
            ? options.MaxTotalQueuedBytes
            : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultDivisor;
        _timer = time.CreateTimer(static guard => ((QueuedBytesGuard)guard!).Check(), this, Interval, Interval);
    }

    /// <summary>Gets the maximum size of all queues together, in bytes.</summary>
    public long Limit { get; }

    /// <summary>Gets a value indicating whether the last check found more bytes than the limit.</summary>
    public bool IsExceeded => _isExceeded;

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        // If a check lasts longer than the interval, the next one is superfluous.
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            List<(EngineSession Session, int Bytes)> slow = [];
            var total = GC.GetTotalMemory(forceFullCollection: false) <= Limit ? 0 : Measure(slow);
            var wasExceeded = _isExceeded;
            _isExceeded = total > Limit;
            if (_isExceeded)
            {
                var closed = CloseSlowest(slow, total - Limit);
                if (!wasExceeded)
                {
                    LogExceeded(_logger, total, Limit, closed);
                }
            }
            else if (wasExceeded)
            {
                LogRecovered(_logger);
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Adds up the memory of all queues. A message that several slow sessions share counts once.</summary>
    private long Measure(List<(EngineSession Session, int Bytes)> slow)
    {
        var shared = new HashSet<EngineEncodedMessage>(ReferenceEqualityComparer.Instance);
        long total = 0;
        foreach (var session in _table.AllSessions)
        {
            var bytes = session.QueuedBytes;
            if (bytes > MinSlowBytes)
            {
                slow.Add((session, bytes));
                total += session.SendQueue.MeasureOwnBytes(shared);
            }
            else
            {
                total += bytes;
            }
        }

        return total + shared.Sum(static message => (long)message.Length);
    }

    private static int CloseSlowest(List<(EngineSession Session, int Bytes)> slow, long excess)
    {
        var closed = 0;
        foreach (var (session, bytes) in slow.OrderByDescending(static item => item.Bytes))
        {
            if (excess <= 0)
            {
                break;
            }

            // Memory that is shared with another session may remain. The next check then closes more sessions.
            if (!session.Close(EngineCloseReason.SlowConsumer))
            {
                session.TryEndRetention();
            }

            excess -= bytes;
            closed++;
        }

        return closed;
    }

    [LoggerMessage(35, LogLevel.Warning,
        "The queues of all sessions hold {Bytes} bytes, more than MaxTotalQueuedBytes ({Limit}). Closed the {Count} slowest sessions. "
        + "Sessions are closed, and handshakes refused, until the queues are smaller.")]
    private static partial void LogExceeded(ILogger logger, long bytes, long limit, int count);

    [LoggerMessage(36, LogLevel.Warning, "The queues of all sessions are below MaxTotalQueuedBytes again.")]
    private static partial void LogRecovered(ILogger logger);
}
