using System.Net.Sockets;

namespace Scaler.EngineIO.Sockets;

/// <summary>Is told by a <see cref="SocketPoller"/>, which says once that something has come, and no more until something else does.</summary>
/// <param name="poller">Who watches the socket, from the first wait on.</param>
/// <param name="socket">The socket, that does not block.</param>
/// <param name="ready">Is told.</param>
internal sealed class PolledReadiness(SocketPoller poller, Socket socket, IThreadPoolWorkItem ready) : ISocketReadiness
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Told = 2;

    private int _state;
    private long _id;
    private bool _isHandledHere;

    // An end may be told together with the data before it, and is not told again.
    private volatile bool _ended;

    // Whoever receives learns it.
    public SocketError SocketError => SocketError.Success;

    public bool TryWait()
    {
        if (_ended)
        {
            return false;
        }

        if (_id == 0)
        {
            return BeginToWait();
        }

        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
        {
            return true;
        }

        Volatile.Write(ref _state, Idle);
        return false;
    }

    /// <summary>Has a thread of the poller go on with what comes from now on, and no longer one of the pool.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="SocketException">The system watches no more sockets.</exception>
    public void HandleHere()
    {
        if (_id != 0 && !_isHandledHere)
        {
            poller.HandleHere(_id, socket.SafeHandle);
        }

        _isHandledHere = true;
    }

    public void Remind() => Interlocked.CompareExchange(ref _state, Told, Idle);

    /// <summary>Something has come; from any thread.</summary>
    /// <param name="ended">Whether nothing comes after it.</param>
    /// <param name="onPool">Whether a thread of the pool goes on with it, and not this one.</param>
    public void Tell(bool ended, bool onPool)
    {
        if (ended)
        {
            _ended = true;
        }

        while (true)
        {
            var state = Interlocked.CompareExchange(ref _state, Told, Idle);
            if (state != Waiting)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting)
            {
                break;
            }
        }

        if (onPool)
        {
            ThreadPool.UnsafeQueueUserWorkItem(ready, preferLocal: false);
        }
        else
        {
            ready.Execute();
        }
    }

    public void Dispose() => poller.Remove(_id);

    // A socket that never waits, as that of a single request, is not watched at all.
    private bool BeginToWait()
    {
        try
        {
            // Before: what is there already is told at once.
            _state = Waiting;
            _id = poller.Add(this, socket.SafeHandle, _isHandledHere);
            return true;
        }
        catch
        {
            _state = Idle;
            throw;
        }
    }
}
