using System.IO.Pipelines;

namespace Scaler.EngineIO.Transports;

/// <summary>A connection below the web server's HTTP: what passes in both directions, and its end.</summary>
internal interface ITransportConnection : IDuplexPipe
{
    /// <summary>Cuts the connection.</summary>
    void Abort();

    /// <summary>
    /// Has what comes handled by the thread that waits for it, where there is such a one: to hand it to a thread of the pool costs more than a small message.
    /// Until then it is the pool that goes on, for a request may take its time, and hands things to the pool itself.
    /// </summary>
    void HandleWhereReceived();

    /// <summary>
    /// Has the connection served by a task that begins when the web server is done with the request. What the server kept for the request
    /// can then be given back while the connection goes on.
    /// </summary>
    /// <param name="serve">Serves the connection until its end; it must not fail.</param>
    /// <returns>False where the server has to know the request for as long as the connection lasts.</returns>
    bool TryOutliveRequest(Func<Task> serve);
}
