namespace Scaler.Cluster.Peers;

/// <summary>A request that another server was asked to answer, and the waiting for it.</summary>
internal sealed class PeerCall(PeerCaller caller, uint number)
    : TaskCompletionSource<PeerCallOutcome>(TaskCreationOptions.RunContinuationsAsynchronously), IDisposable
{
    public uint Number => number;

    /// <summary>The answer, once the outcome is that there is one.</summary>
    public PeerAnswer Answer { get; } = new();

    /// <summary>The client that asked has gone.</summary>
    public void Cancel() => caller.Cancel(this);

    /// <summary>Gives the answer's memory back. Nothing may come for it any more.</summary>
    public void Dispose() => Answer.Dispose();
}
