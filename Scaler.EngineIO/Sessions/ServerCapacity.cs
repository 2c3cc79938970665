using System.Globalization;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scaler.EngineIO.Connections;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Decides whether the server as a whole can serve another session. The time during which it refuses handshakes is logged once
/// when it begins and once when it ends.
/// </summary>
internal sealed partial class ServerCapacity(
    EngineIOOptions options, SessionTable table, QueuedBytesGuard queuedBytes, ILogger logger, TimeProvider time)
{
    /// <summary>
    /// The time after which a refused client may retry, and without refusals, after which the server is not full.
    /// </summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    // An idle session takes about 6 KiB, and one whose client was active a moment ago more.
    private const int DefaultBytesPerSession = 16 * 1024;

    private readonly int _maxSessions = options.MaxSessions > 0
        ? options.MaxSessions
        : (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / DefaultBytesPerSession, 1_000, int.MaxValue);

    private readonly int _maxDescriptor =
        options.MaxOpenFiles > 0 ? options.MaxOpenFiles : FileDescriptors.MaxForHandshakes;

    private readonly Lock _lock = new();
    private volatile bool _isRefusing;
    private long _lastRefusal;
    private long _refused;

    /// <summary>
    /// Gets a value indicating whether a limit is reached, or refused a handshake within the last <see cref="RetryAfter"/>.
    /// </summary>
    public bool IsExceeded
    {
        get
        {
            if (FindExceeded() is not null)
            {
                return true;
            }

            lock (_lock)
            {
                return _isRefusing && time.GetElapsedTime(_lastRefusal) < RetryAfter;
            }
        }
    }

    /// <summary>Returns the limit that a handshake would exceed, or <see langword="null"/>.</summary>
    public EngineLimit? FindExceeded(HttpContext context)
    {
        if (FindExceeded() is { } limit)
        {
            return limit;
        }

        if (context.Features.Get<IConnectionSocketFeature>() is { } connection
            && FileDescriptors.GetDescriptor(connection.Socket) >= _maxDescriptor)
        {
            return EngineLimit.OpenFiles;
        }

        if (_isRefusing)
        {
            EndIfRecovered();
        }

        return null;
    }

    private EngineLimit? FindExceeded() =>
        table.Count >= _maxSessions ? EngineLimit.Sessions : queuedBytes.IsExceeded ? EngineLimit.TotalQueue : null;

    /// <summary>Counts a refused handshake.</summary>
    /// <returns><see langword="true"/> if the server was not full before; otherwise, <see langword="false"/>.</returns>
    public bool CountRefusal(EngineLimit limit)
    {
        lock (_lock)
        {
            _lastRefusal = time.GetTimestamp();
            _refused++;
            if (_isRefusing)
            {
                return false;
            }

            _isRefusing = true;
        }

        LogFull(logger, Describe(limit));
        return true;
    }

    private void EndIfRecovered()
    {
        long count;
        lock (_lock)
        {
            if (!_isRefusing || time.GetElapsedTime(_lastRefusal) < RetryAfter)
            {
                return;
            }

            (count, _refused, _isRefusing) = (_refused, 0, false);
        }

        LogRecovered(logger, count);
    }

    private string Describe(EngineLimit limit) => limit switch
    {
        EngineLimit.OpenFiles =>
            string.Create(CultureInfo.InvariantCulture, $"{_maxDescriptor} files and connections are open (MaxOpenFiles)"),
        EngineLimit.Sessions => string.Create(CultureInfo.InvariantCulture, $"{_maxSessions} sessions are open (MaxSessions)"),
        EngineLimit.TotalQueue =>
            string.Create(
                CultureInfo.InvariantCulture, $"the queues hold more than {queuedBytes.Limit} bytes (MaxTotalQueuedBytes)"),
        _ => "the web server allows no more WebSockets (MaxConcurrentUpgradedConnections)",
    };

    [LoggerMessage(33, LogLevel.Warning, "The server is full and refuses handshakes with status 503: {Reason}.")]
    private static partial void LogFull(ILogger logger, string reason);

    [LoggerMessage(34, LogLevel.Warning, "The server accepts handshakes again. It refused {Count} while it was full.")]
    private static partial void LogRecovered(ILogger logger, long count);
}
