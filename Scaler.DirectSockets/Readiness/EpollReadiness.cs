using System.Net.Sockets;

namespace Scaler.DirectSockets.Readiness;

/// <summary>
/// Signals the readiness of a socket through a <see cref="EpollLoop"/>, which reports each arrival of data once.
/// </summary>
/// <param name="poller">The poller that watches the socket, from the first wait on.</param>
/// <param name="socket">The socket, which must be non-blocking.</param>
/// <param name="ready">The work item that handles the signal.</param>
internal sealed class EpollReadiness(EpollLoop poller, Socket socket, IThreadPoolWorkItem ready) : ISocketReadiness
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;

    private int _state;
    private long _id;
    private bool _handlesInline;

    // The end may be reported together with the data before it, and is not reported again.
    private volatile bool _ended;

    // The receive call returns the error.
    public SocketError SocketError => SocketError.Success;

    public bool TryBeginWait()
    {
        if (_ended)
        {
            return false;
        }

        if (_id == 0)
        {
            return RegisterAndWait();
        }

        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
        {
            return true;
        }

        Volatile.Write(ref _state, Idle);
        return false;
    }

    /// <summary>Handles future signals inline on a thread of the poller instead of dispatching them to the thread pool.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="SocketException">The kernel's limit on watched sockets is reached.</exception>
    public void HandleInline()
    {
        if (_id != 0 && !_handlesInline)
        {
            poller.HandleInline(_id, socket.SafeHandle);
        }

        _handlesInline = true;
    }

    public void StoreSignal() => Interlocked.CompareExchange(ref _state, Signalled, Idle);

    /// <summary>Signals that data or the end has arrived. May be called from any thread.</summary>
    /// <param name="ended"><see langword="true"/> if no more data follows.</param>
    /// <param name="onPool">
    /// <see langword="true"/> to handle the signal on the thread pool; <see langword="false"/> to handle it on the calling
    /// thread.
    /// </param>
    public void Signal(bool ended, bool onPool)
    {
        if (ended)
        {
            _ended = true;
        }

        while (true)
        {
            var state = Interlocked.CompareExchange(ref _state, Signalled, Idle);
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

    // A socket that never waits, such as that of a single request, is not registered at all.
    private bool RegisterAndWait()
    {
        try
        {
            // Set before the registration: data that has already arrived is signalled at once.
            _state = Waiting;
            _id = poller.Add(this, socket.SafeHandle, _handlesInline);
            return true;
        }
        catch
        {
            _state = Idle;
            throw;
        }
    }
}
