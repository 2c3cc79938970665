namespace Scaler.EngineIO.Transports;

/// <summary>A connection's feature that notices the client's end while nothing is read from it. Others notice it by themselves.</summary>
internal interface IClientWatch
{
    /// <summary>
    /// Looks after the client until something more comes from it. It is for requests that wait: when the next one comes at once behind the answer, it has
    /// woken a thread for nothing. It may be called from any thread.
    /// </summary>
    void Watch();
}
