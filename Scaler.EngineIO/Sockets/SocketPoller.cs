using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// Some threads that wait for many sockets, and handle what comes themselves where they are told to: to hand a small message to a thread of the pool
/// costs more than the message does.
/// </summary>
/// <remarks>
/// What one of them handles may block it, for it is the application's. One more thread looks after them: when all are busy, and all of those wait for
/// something else, or one takes very long, it waits for the sockets too, and hands what comes to the pool, as the platform always does. So a handler
/// that blocks holds up others for some 10 ms, and there are no more threads than these. It rests when nothing comes.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class SocketPoller
{
    // How often the threads are looked after, in milliseconds; after how many times one is too long at the same, or nothing has come for long enough.
    private const int Between = 10;
    private const int TooLong = 10;
    private const int Quiet = 10;

    // How many of what is for the pool are asked for at once.
    private const int MostForPool = 64;

    // What the threads handle themselves, and what is for the pool.
    private readonly Epoll _epoll = new();
    private readonly Epoll _forPool = new();
    private readonly ConcurrentDictionary<long, PolledReadiness> _sockets = new();
    private readonly AutoResetEvent _wake = new(false);

    private readonly PollingThread[] _threads;
    private readonly long[] _seen;
    private int _resting;
    private long _lastId;

    /// <param name="threads">How many threads wait and handle.</param>
    /// <exception cref="DllNotFoundException">The system's library is not there.</exception>
    /// <exception cref="EntryPointNotFoundException">The system has no epoll.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The process has no file left.</exception>
    public SocketPoller(int threads)
    {
        _threads = new PollingThread[threads];
        _seen = new long[threads];
        for (var i = 0; i < threads; i++)
        {
            var thread = _threads[i] = new PollingThread();
            Start(() => Poll(thread));
        }

        Start(Relieve);
        Start(HandToPool);
    }

    /// <summary>Whether nothing has come for a while.</summary>
    public bool IsResting => Volatile.Read(ref _resting) != 0;

    /// <summary>Watches a socket until it is closed.</summary>
    /// <param name="readiness">Is told.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="handledHere">Whether a thread of these goes on with what comes, and not one of the pool.</param>
    /// <returns>The socket's id, never 0.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">It is watched already, or the system watches no more.</exception>
    public long Add(PolledReadiness readiness, SafeHandle socket, bool handledHere)
    {
        var id = Interlocked.Increment(ref _lastId);
        _sockets[id] = readiness;
        try
        {
            (handledHere ? _epoll : _forPool).Watch(socket, id);
            return id;
        }
        catch
        {
            Remove(id);
            throw;
        }
    }

    /// <summary>Has a thread of these go on with what comes from now on. Something may be told again.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The system watches no more.</exception>
    public void HandleHere(long id, SafeHandle socket)
    {
        _forPool.Forget(socket);
        _epoll.Watch(socket, id);
    }

    /// <summary>Tells nothing any more; the system forgets the socket when it is closed.</summary>
    public void Remove(long id) => _sockets.TryRemove(id, out _);

    private static void Start(ThreadStart run) => new Thread(run) { IsBackground = true, Name = "Scaler sockets" }.UnsafeStart();

    private void Poll(PollingThread thread)
    {
        thread.Enter();
        var context = ExecutionContext.Capture()!;

        // Not more than it handles next: others may be free sooner than it is.
        var room = Epoll.Room(1);
        while (true)
        {
            if (_epoll.Wait(room, Timeout.Infinite) == 0)
            {
                continue;
            }

            // Either this sees that the relief rests, or the relief sees this.
            thread.BeginTurn();
            if (IsResting && Interlocked.Exchange(ref _resting, 0) != 0)
            {
                _wake.Set();
            }

            Tell(Epoll.Told(room, 0), onPool: false);
            thread.EndTurn();

            // As the pool does: what a handler leaves behind is not for the next one.
            ExecutionContext.Restore(context);
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private void HandToPool()
    {
        for (var room = Epoll.Room(MostForPool); ;)
        {
            HandToPool(_forPool, room, Timeout.Infinite);
        }
    }

    private void HandToPool(Epoll epoll, byte[] room, int milliseconds)
    {
        var count = epoll.Wait(room, milliseconds);
        for (var i = 0; i < count; i++)
        {
            Tell(Epoll.Told(room, i), onPool: true);
        }
    }

    private void Tell((long Id, bool HasEnded) socket, bool onPool)
    {
        if (_sockets.TryGetValue(socket.Id, out var readiness))
        {
            readiness.Tell(socket.HasEnded, onPool);
        }
    }

    private void Relieve()
    {
        var room = Epoll.Room(MostForPool);
        for (var (quiet, stuck) = (0, 0); ;)
        {
            var seen = Look();
            quiet = seen == Seen.Nothing ? quiet + 1 : 0;
            stuck = seen == Seen.Stuck ? stuck + 1 : 0;
            if (stuck >= TooLong || (seen >= Seen.NobodyFree && !Array.Exists(_threads, static thread => thread.IsRunning)))
            {
                HandOver(room);
            }
            else if (quiet < Quiet)
            {
                _wake.WaitOne(Between);
            }
            else
            {
                Rest();
            }
        }
    }

    /// <summary>What the threads have done since the last look.</summary>
    private Seen Look()
    {
        var (busy, stuck, moved) = (0, false, false);
        for (var i = 0; i < _seen.Length; i++)
        {
            var turns = _threads[i].Turns;
            var isBusy = long.IsOddInteger(turns);
            busy += isBusy ? 1 : 0;
            stuck |= isBusy && turns == _seen[i];
            moved |= turns != _seen[i];
            _seen[i] = turns;
        }

        if (busy == _seen.Length)
        {
            return stuck ? Seen.Stuck : Seen.NobodyFree;
        }

        return moved || busy > 0 ? Seen.Work : Seen.Nothing;
    }

    private void HandOver(byte[] room)
    {
        var until = Environment.TickCount64 + Between;
        for (var left = Between; left > 0; left = (int)(until - Environment.TickCount64))
        {
            HandToPool(_epoll, room, left);
        }
    }

    private void Rest()
    {
        Interlocked.Exchange(ref _resting, 1);
        if (Look() == Seen.Nothing || Interlocked.Exchange(ref _resting, 0) == 0)
        {
            _wake.WaitOne();
        }
    }

    private enum Seen
    {
        Nothing,
        Work,
        NobodyFree,

        /// <summary>Nobody is free, and somebody is busy with the same as at the last look.</summary>
        Stuck,
    }
}
