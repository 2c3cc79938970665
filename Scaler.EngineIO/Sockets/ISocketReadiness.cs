using System.Net.Sockets;

namespace Scaler.EngineIO.Sockets;

/// <summary>Tells when a socket can be received from, or has ended, without a buffer.</summary>
internal interface ISocketReadiness : IDisposable
{
    /// <summary>What the system said of the socket when it told last; the system says an error once.</summary>
    SocketError SocketError { get; }

    /// <summary>Begins to wait; one wait at a time.</summary>
    /// <returns>False where there may be something, or an end, already: then nobody is told.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="SocketException">The system watches no more sockets.</exception>
    bool TryWait();

    /// <summary>What was told is still to be received: the next wait must not be in vain. Nobody waits now.</summary>
    void Remind();
}
