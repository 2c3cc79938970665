using System.Diagnostics.CodeAnalysis;

namespace Scaler.EngineIO.Sockets;

/// <summary>What is known of a thread of a poller from outside: what it is busy with, and whether it gets on with it.</summary>
internal sealed class PollingThread
{
    // The middle of this has a line of the cache to itself.
    private const int Middle = 16;

    // Odd while it handles something.
    private readonly long[] _turns = new long[2 * Middle];
    private string? _status;

    /// <summary>Counts what it has begun and ended to handle: odd while it handles something.</summary>
    public long Turns => Volatile.Read(ref _turns[Middle]);

    /// <summary>
    /// Whether it runs, or would if it had a core, and does not wait for something else (proc_pid_stat(5)). True where that cannot be learnt.
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
                // The name of the thread, in brackets, is before it.
                return File.ReadAllText(_status).Contains(") R", StringComparison.Ordinal);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return true;
            }
        }
    }

    /// <summary>Called by the thread itself, first.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Without a /proc the thread works all the same.")]
    public void Enter()
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

    /// <summary>It begins to handle something. Others see that before whatever it looks at next.</summary>
    public void BeginTurn() => Interlocked.Increment(ref _turns[Middle]);

    /// <summary>It has handled it.</summary>
    public void EndTurn() => Volatile.Write(ref _turns[Middle], _turns[Middle] + 1);
}
