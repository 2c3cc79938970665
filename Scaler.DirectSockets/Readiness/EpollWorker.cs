using System.Diagnostics.CodeAnalysis;

namespace Scaler.DirectSockets.Readiness;

/// <summary>Tracks the progress of one thread of a <see cref="EpollLoop"/> for observation by other threads.</summary>
internal sealed class EpollWorker
{
    // The middle element of the array has a cache line to itself.
    private const int Middle = 16;

    // Odd while the thread handles an event.
    private readonly long[] _turns = new long[2 * Middle];
    private string? _status;

    /// <summary>
    /// Gets the number of event handlers begun and ended so far, counted separately. Odd while the thread handles an event.
    /// </summary>
    public long HandlerTransitions => Volatile.Read(ref _turns[Middle]);

    /// <summary>
    /// Gets a value indicating whether the thread runs or is ready to run, and is not blocked (proc_pid_stat(5)).
    /// <see langword="true"/> if the state cannot be determined.
    /// </summary>
    public bool IsRunning
    {
        get
        {
            if (_status is null)
            {
                return true;
            }

            try
            {
                // The state follows the thread's name in parentheses.
                return File.ReadAllText(_status).Contains(") R", StringComparison.Ordinal);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return true;
            }
        }
    }

    /// <summary>Initializes the tracking. The tracked thread must call this method before all others.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The thread works without /proc.")]
    public void Initialize()
    {
        try
        {
            var link = new FileInfo("/proc/thread-self").LinkTarget;
            _status = link is null ? null : $"/proc/{link}/stat";
        }
        catch (Exception)
        {
            _status = null;
        }
    }

    /// <summary>
    /// Marks the start of an event handler. Full memory barrier: the mark is visible before the thread's next read.
    /// </summary>
    public void BeginHandler() => Interlocked.Increment(ref _turns[Middle]);

    /// <summary>Marks the end of an event handler.</summary>
    public void EndHandler() => Volatile.Write(ref _turns[Middle], _turns[Middle] + 1);
}
