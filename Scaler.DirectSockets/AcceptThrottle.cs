using System.Diagnostics.Metrics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Scaler.DirectSockets;

/// <summary>
/// Pauses the listeners of a process while its file descriptors or the kernel's memory run out. Each such episode is logged once
/// when it begins and once when it ends.
/// </summary>
/// <param name="logger">The logger.</param>
/// <param name="time">The time provider for the pauses.</param>
/// <param name="maxDescriptor">The descriptor from which on connections are refused.</param>
/// <param name="pauses">The counter of pauses, or <see langword="null"/>.</param>
internal sealed partial class AcceptThrottle(ILogger logger, TimeProvider time, int maxDescriptor, Counter<long>? pauses)
{
    /// <summary>The duration of a pause.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Without a minimum duration, each closed connection would end an episode and the next connection would begin another.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(1);

    // ENOMEM, which has no SocketError value of its own.
    private const int OutOfMemory = 12;

    private readonly Lock _lock = new();
    private volatile bool _isExhausted;
    private long _lastPause;
    private long _pauses;

    /// <summary>
    /// Returns a value indicating whether an accept failed for lack of resources (EMFILE, ENFILE, ENOBUFS or ENOMEM) instead of a
    /// client that has disconnected.
    /// </summary>
    public static bool IsExhaustion(SocketException exception) =>
        exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable
        || exception.NativeErrorCode == OutOfMemory;

    /// <summary>Determines whether an accepted connection leaves enough descriptors for the rest of the process.</summary>
    /// <param name="descriptor">The descriptor of the connection.</param>
    public bool IsWithinLimit(int descriptor)
    {
        if (descriptor >= maxDescriptor)
        {
            return false;
        }

        if (_isExhausted)
        {
            EndIfRecovered();
        }

        return true;
    }

    /// <summary>Waits before the next accept. Does not throw if the wait is canceled.</summary>
    /// <param name="cause">The cause of the pause, for the log.</param>
    /// <param name="cancellationToken">A token that ends the wait.</param>
    public async Task PauseAsync(string cause, CancellationToken cancellationToken)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = !_isExhausted;
            _isExhausted = true;
            _lastPause = time.GetTimestamp();
            _pauses++;
        }

        pauses?.Add(1);
        if (isFirst)
        {
            LogPaused(logger, cause);
        }

        await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void EndIfRecovered()
    {
        long count;
        lock (_lock)
        {
            if (!_isExhausted || time.GetElapsedTime(_lastPause) < Recovery)
            {
                return;
            }

            (count, _pauses, _isExhausted) = (_pauses, 0, false);
        }

        LogResumed(logger, count);
    }

    [LoggerMessage(1, LogLevel.Error,
        "Accepting of connections is paused: {Cause}. Open connections are not affected. "
        + "Raise the limit of open files of the process (ulimit -n, LimitNOFILE), or limit the number of clients.")]
    private static partial void LogPaused(ILogger logger, string cause);

    [LoggerMessage(2, LogLevel.Warning, "Accepting of connections continues after {Count} pauses.")]
    private static partial void LogResumed(ILogger logger, long count);
}
