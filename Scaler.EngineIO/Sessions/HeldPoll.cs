namespace Scaler.EngineIO.Sessions;

/// <summary>A held poll. It is the session's drain until it is answered.</summary>
internal sealed class HeldPoll : IOutputDrain
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Gets a task that completes when the poll must be answered. <see cref="EngineSession.EndPoll"/> then decides the response.
    /// </summary>
    public Task Released => _completion.Task;

    public void OutputAvailable() => _completion.TrySetResult();

    public void BroadcastOutputAvailable() => OutputAvailable();

    /// <summary>Releases the poll because an upgrade is in progress or complete.</summary>
    public void ReleaseForUpgrade() => _completion.TrySetResult();

    public void SessionClosed() => _completion.TrySetResult();
}
