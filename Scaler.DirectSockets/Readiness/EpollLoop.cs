using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Scaler.DirectSockets.Readiness;

/// <summary>
/// Waits for many sockets on a few threads, and runs their handlers inline on these threads where requested. Dispatching a small
/// message to the thread pool costs more than handling it.
/// </summary>
/// <remarks>
/// A handler is application code and may block its polling thread. A supervisor thread therefore checks the polling threads every
/// 10 ms. The supervisor steps in when all polling threads are busy and either all of them are blocked, or one has run the same
/// handler for some 100 ms. It then waits for the sockets too, and dispatches their events to the thread pool, as the platform
/// always does. A blocking handler thus delays other sockets by some 10 ms, and the number of threads is fixed. While no events
/// arrive, the supervisor sleeps. One more thread dispatches the events of sockets without inline handlers to the thread pool.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "An instance lives as long as the process.")]
internal sealed class EpollLoop
{
    // The interval between two checks of the threads, in milliseconds.
    private const int CheckInterval = 10;

    // The number of consecutive checks that find a stuck thread before the supervisor steps in.
    private const int MaxStuckChecks = 10;

    // The number of consecutive checks without events before the supervisor sleeps.
    private const int MaxQuietChecks = 10;

    // The maximum number of events per wait that are dispatched to the thread pool.
    private const int MaxPoolEvents = 64;

    // The sockets with inline handlers, and the sockets whose events are dispatched to the thread pool.
    private readonly Epoll _inlineEpoll = new();
    private readonly Epoll _poolEpoll = new();
    private readonly ConcurrentDictionary<long, EpollReadiness> _sockets = new();
    private readonly AutoResetEvent _wake = new(false);

    private readonly EpollWorker[] _threads;
    private readonly long[] _lastTurns;
    private int _sleeping;
    private long _lastId;

    /// <param name="threads">The number of polling threads.</param>
    /// <exception cref="DllNotFoundException">The C library was not found.</exception>
    /// <exception cref="EntryPointNotFoundException">The system does not support epoll.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The process has no file descriptor left.</exception>
    public EpollLoop(int threads)
    {
        _threads = new EpollWorker[threads];
        _lastTurns = new long[threads];
        for (var i = 0; i < threads; i++)
        {
            var thread = _threads[i] = new EpollWorker();
            Start(() => Poll(thread));
        }

        Start(Supervise);
        Start(DispatchToPool);
    }

    /// <summary>Gets a value indicating whether the supervisor sleeps because no events have arrived for a while.</summary>
    public bool IsIdle => Volatile.Read(ref _sleeping) != 0;

    /// <summary>Watches a socket until it is closed.</summary>
    /// <param name="readiness">The receiver of the socket's events.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="handleInline">
    /// <see langword="true"/> to handle events inline on a polling thread; <see langword="false"/> to dispatch them to the thread
    /// pool.
    /// </param>
    /// <returns>The id of the socket; never 0.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">
    /// The socket is already watched, or the kernel's limit on watches is reached.
    /// </exception>
    public long Add(EpollReadiness readiness, SafeHandle socket, bool handleInline)
    {
        var id = Interlocked.Increment(ref _lastId);
        _sockets[id] = readiness;
        try
        {
            (handleInline ? _inlineEpoll : _poolEpoll).Watch(socket, id);
            return id;
        }
        catch
        {
            Remove(id);
            throw;
        }
    }

    /// <summary>Handles future events of a socket inline on a polling thread. An event may be reported again.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The kernel's limit on watches is reached.</exception>
    public void HandleInline(long id, SafeHandle socket)
    {
        _poolEpoll.Unwatch(socket);
        _inlineEpoll.Watch(socket, id);
    }

    /// <summary>Stops reporting events of a socket. The kernel stops watching the socket when it is closed.</summary>
    public void Remove(long id) => _sockets.TryRemove(id, out _);

    private static void Start(ThreadStart run) => new Thread(run) { IsBackground = true, Name = "Scaler sockets" }.UnsafeStart();

    private void Poll(EpollWorker thread)
    {
        thread.Initialize();
        var context = ExecutionContext.Capture()!;

        // One event per wait: other threads may be free sooner than this one.
        var events = Epoll.CreateEventBuffer(1);
        while (true)
        {
            if (_inlineEpoll.Wait(events, Timeout.Infinite) == 0)
            {
                continue;
            }

            // Pairs with Sleep: either this thread sees that the supervisor sleeps, or the supervisor sees this turn.
            thread.BeginHandler();
            if (IsIdle && Interlocked.Exchange(ref _sleeping, 0) != 0)
            {
                _wake.Set();
            }

            Signal(Epoll.ReadEvent(events, 0), onPool: false);
            thread.EndHandler();

            // As the thread pool does: the context that one handler leaves behind must not reach the next one.
            ExecutionContext.Restore(context);
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private void DispatchToPool()
    {
        for (var events = Epoll.CreateEventBuffer(MaxPoolEvents); ;)
        {
            DispatchToPool(_poolEpoll, events, Timeout.Infinite);
        }
    }

    private void DispatchToPool(Epoll epoll, byte[] events, int milliseconds)
    {
        var count = epoll.Wait(events, milliseconds);
        for (var i = 0; i < count; i++)
        {
            Signal(Epoll.ReadEvent(events, i), onPool: true);
        }
    }

    private void Signal((long Id, bool HasEnded) socket, bool onPool)
    {
        if (_sockets.TryGetValue(socket.Id, out var readiness))
        {
            readiness.Signal(socket.HasEnded, onPool);
        }
    }

    private void Supervise()
    {
        var events = Epoll.CreateEventBuffer(MaxPoolEvents);
        for (var (quiet, stuck) = (0, 0); ;)
        {
            var state = CheckThreads();
            quiet = state == ThreadState.Idle ? quiet + 1 : 0;
            stuck = state == ThreadState.Stuck ? stuck + 1 : 0;
            if (stuck >= MaxStuckChecks
                || (state >= ThreadState.AllBusy && !Array.Exists(_threads, static thread => thread.IsRunning)))
            {
                StepIn(events);
            }
            else if (quiet < MaxQuietChecks)
            {
                _wake.WaitOne(CheckInterval);
            }
            else
            {
                Sleep();
            }
        }
    }

    /// <summary>Determines the progress of the threads since the last check.</summary>
    private ThreadState CheckThreads()
    {
        var (busy, stuck, moved) = (0, false, false);
        for (var i = 0; i < _lastTurns.Length; i++)
        {
            var turns = _threads[i].HandlerTransitions;
            var isBusy = long.IsOddInteger(turns);
            busy += isBusy ? 1 : 0;
            stuck |= isBusy && turns == _lastTurns[i];
            moved |= turns != _lastTurns[i];
            _lastTurns[i] = turns;
        }

        if (busy == _lastTurns.Length)
        {
            return stuck ? ThreadState.Stuck : ThreadState.AllBusy;
        }

        return moved || busy > 0 ? ThreadState.Working : ThreadState.Idle;
    }

    private void StepIn(byte[] events)
    {
        var until = Environment.TickCount64 + CheckInterval;
        for (var left = CheckInterval; left > 0; left = (int)(until - Environment.TickCount64))
        {
            DispatchToPool(_inlineEpoll, events, left);
        }
    }

    private void Sleep()
    {
        Interlocked.Exchange(ref _sleeping, 1);
        if (CheckThreads() == ThreadState.Idle || Interlocked.Exchange(ref _sleeping, 0) == 0)
        {
            _wake.WaitOne();
        }
    }

    private enum ThreadState
    {
        Idle,
        Working,
        AllBusy,

        /// <summary>All threads are busy, and at least one has run the same handler since the last check.</summary>
        Stuck,
    }
}
