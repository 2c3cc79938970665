using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Scaler.DirectSockets.Readiness;

namespace Scaler.DirectSockets.Pipes;

internal sealed partial class SocketInput
{
    /// <summary>
    /// Detects the client's disconnect while no read is pending, unless unread data precedes it. A read that starts meanwhile
    /// shares the same wait. When data arrives, a watch costs a thread hop, so it is intended for requests that run for a long
    /// time. May be called from any thread.
    /// </summary>
    public void WatchForDisconnect()
    {
        lock (_readiness)
        {
            while (!_waiting && !_ended && !TryWait())
            {
                if (!_receiver.TryPeek(out var hasData, out var error))
                {
                    End(error);
                }
                else if (hasData)
                {
                    // The data is for the reader, which has not received it yet.
                    _readiness.StoreSignal();
                    return;
                }
            }
        }
    }

    /// <summary>
    /// Runs read continuations inline on the polling thread instead of dispatching to the thread pool. Has no effect if the
    /// platform waits for the socket.
    /// </summary>
    public void RunContinuationsInline()
    {
        lock (_readiness)
        {
            try
            {
                (_readiness as EpollReadiness)?.HandleInline();
            }
            catch (ObjectDisposedException)
            {
                // The next receive fails in the same way and reports the error.
            }
            catch (SocketException exception)
            {
                Abort(exception);
            }
        }
    }

    /// <summary>Starts to wait for the socket. The caller holds the lock.</summary>
    private bool TryWait()
    {
        try
        {
            _waiting = true;
            _waiting = _readiness.TryBeginWait();
        }
        catch (ObjectDisposedException)
        {
            // The next receive fails in the same way and reports the error.
            _waiting = false;
        }
        catch (SocketException exception)
        {
            _waiting = false;
            Abort(exception);
        }

        return _waiting;
    }

    private void Abort(SocketException exception)
    {
        var reason = new ConnectionAbortedException("Waiting for data on the socket failed.", exception);
        End(reason);
        _owner.Abort(reason);
    }
}
