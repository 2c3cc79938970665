namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Represents a request that was forwarded to another server, and its pending outcome.</summary>
internal sealed class PeerCall(PeerClientConnection caller, uint number)
    : TaskCompletionSource<PeerCallOutcome>(TaskCreationOptions.RunContinuationsAsynchronously), IDisposable
{
    public uint Number => number;

    /// <summary>Gets the response. It is complete if the outcome is <see cref="PeerCallOutcome.Completed"/>.</summary>
    public PeerResponseBuffer Response { get; } = new();

    /// <summary>Cancels the call because the client has disconnected.</summary>
    public void Cancel() => caller.Cancel(this);

    /// <summary>Asks the other server to answer now, because this server is about to stop.</summary>
    public void Release() => caller.Release(this);

    /// <summary>
    /// Returns the response's memory to the pool. The call must be completed, so that no further part can arrive.
    /// </summary>
    public void Dispose() => Response.Dispose();
}
