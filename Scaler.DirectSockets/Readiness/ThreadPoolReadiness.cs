using System.Net.Sockets;

namespace Scaler.DirectSockets.Readiness;

/// <summary>
/// Signals the readiness of a socket through the platform, on every operating system, on a thread of the thread pool.
/// </summary>
/// <param name="socket">The socket, which must be non-blocking.</param>
/// <param name="ready">The work item that handles the signal.</param>
internal sealed class ThreadPoolReadiness(Socket socket, IThreadPoolWorkItem ready) : SocketAsyncEventArgs(true), ISocketReadiness
{
    public bool TryBeginWait() => socket.ReceiveAsync(this);

    // The next wait checks the socket itself.
    public void StoreSignal()
    {
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => ready.Execute();
}
