using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Scaler.EngineIO.Sockets;

internal sealed partial class SocketInput
{
    /// <summary>
    /// Has the client's end noticed though nobody reads, as long as nothing unread is before that end. A reader that comes then waits for the same. It costs
    /// a turn of another thread when something comes, so it is for requests that take their time. It may come from any thread.
    /// </summary>
    public void Watch()
    {
        lock (_readiness)
        {
            while (!_waiting && !_ended && !TryWait())
            {
                if (LookForEnd())
                {
                    // It is the reader's, who has not received it yet.
                    _readiness.Remind();
                    return;
                }
            }
        }
    }

    /// <summary>Has the thread that waits for the socket go on with what comes, where it is a poller's, and no longer one of the pool.</summary>
    public void HandleWhereReceived()
    {
        lock (_readiness)
        {
            try
            {
                (_readiness as PolledReadiness)?.HandleHere();
            }
            catch (ObjectDisposedException)
            {
                // The next receive fails in the same way, and tells.
            }
            catch (SocketException exception)
            {
                Abort(exception);
            }
        }
    }

    /// <summary>Called with the lock held.</summary>
    private bool TryWait()
    {
        try
        {
            _waiting = true;
            _waiting = _readiness.TryWait();
        }
        catch (ObjectDisposedException)
        {
            // The next receive fails in the same way, and tells.
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
        var reason = new ConnectionAbortedException("The socket cannot be waited for.", exception);
        End(reason);
        _owner.Abort(reason);
    }
}
