using System.IO.Pipelines;

namespace Scaler.EngineIO.Connections;

/// <summary>
/// Represents the connection below the web server's HTTP layer: its input, its output and its end. If a connection's transport
/// pipe implements this interface, a WebSocket over plain HTTP/1.1 uses the pipe directly instead of the upgraded stream.
/// </summary>
public interface ITransportConnection : IDuplexPipe
{
    /// <summary>Aborts the connection.</summary>
    void Abort();

    /// <summary>
    /// Runs read continuations inline on the polling thread instead of dispatching to the thread pool, which costs more than a
    /// small message does. Has no effect if the connection has no polling thread. Before this call, continuations run on the
    /// thread pool: a request may run for a long time, and HTTP dispatches work to the pool itself.
    /// </summary>
    void RunContinuationsInline();

    /// <summary>
    /// Serves the connection in a task that starts when the web server has finished the request. The memory that the server holds
    /// for the request is then released while the connection stays open.
    /// </summary>
    /// <param name="serve">The function that serves the connection until its end. It must not throw.</param>
    /// <returns>
    /// <see langword="true"/> if the connection outlives the request; <see langword="false"/> if the server needs the request for
    /// as long as the connection is open.
    /// </returns>
    bool TryOutliveRequest(Func<Task> serve);
}
