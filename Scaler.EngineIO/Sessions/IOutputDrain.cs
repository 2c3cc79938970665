namespace Scaler.EngineIO.Sessions;

/// <summary>Whatever takes packets out of a session's queue at the moment: a held poll, or a WebSocket.</summary>
internal interface IOutputDrain
{
    /// <summary>There is something in the queue. Called without locks, from any thread, also when it is being drained already.</summary>
    void OutputAvailable();

    /// <summary>The same, when others are given the same message now: writing may be left to another thread.</summary>
    void SharedOutputAvailable();
}
