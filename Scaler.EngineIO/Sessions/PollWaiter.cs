namespace Scaler.EngineIO.Sessions;

/// <summary>A poll that is held. It is the session's drain until it is answered.</summary>
internal sealed class PollWaiter : IOutputDrain
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the poll is to be answered; <see cref="EngineSession.EndPoll"/> says with what.</summary>
    public Task Released => _completion.Task;

    public void OutputAvailable() => _completion.TrySetResult();

    public void SharedOutputAvailable() => OutputAvailable();

    /// <summary>An upgrade is on its way, or done.</summary>
    public void ReleaseForUpgrade() => _completion.TrySetResult();

    public void SessionClosed() => _completion.TrySetResult();
}
