using System.Net.Sockets;

namespace Scaler.EngineIO.Sockets;

/// <summary>Has the platform wait for the socket, on every system, and tell by a thread of the pool.</summary>
/// <param name="socket">The socket, that does not block.</param>
/// <param name="ready">Is told.</param>
internal sealed class PoolReadiness(Socket socket, IThreadPoolWorkItem ready) : SocketAsyncEventArgs(true), ISocketReadiness
{
    public bool TryWait() => socket.ReceiveAsync(this);

    // The next wait asks the socket itself.
    public void Remind()
    {
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => ready.Execute();
}
