using System.Net.Sockets;

namespace Scaler.DirectSockets.Readiness;

/// <summary>Signals when a socket has data or has ended, without holding a buffer while it waits.</summary>
internal interface ISocketReadiness : IDisposable
{
    /// <summary>Gets the socket error that came with the last signal. The system reports an error once.</summary>
    SocketError SocketError { get; }

    /// <summary>Starts to wait for a signal. One wait may be pending at a time.</summary>
    /// <returns>
    /// <see langword="true"/> if the wait is pending; <see langword="false"/> if there may already be data or the end of the
    /// input. No signal follows in that case.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="SocketException">The kernel's limit on watched sockets is reached.</exception>
    bool TryBeginWait();

    /// <summary>
    /// Stores a signal whose data has not been received yet, so that the next <see cref="TryBeginWait"/> returns
    /// <see langword="false"/>. No wait may be pending.
    /// </summary>
    void StoreSignal();
}
