using System.Net.Sockets;

namespace Scaler.EngineIO.Sockets;

/// <summary>Waits until a socket can be received from, or has ended, without a buffer.</summary>
/// <param name="socket">The socket, that does not block.</param>
/// <param name="ready">Is told, by a thread of the pool.</param>
internal sealed class SocketReadiness(Socket socket, IThreadPoolWorkItem ready) : SocketAsyncEventArgs(true)
{
    /// <summary>Begins to wait; one wait at a time.</summary>
    /// <returns>False where there is something, or an end, already: then nobody is told.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public bool TryWait() => socket.ReceiveAsync(this);

    protected override void OnCompleted(SocketAsyncEventArgs e) => ready.Execute();
}
