namespace Scaler.EngineIO.Sessions;

/// <summary>A sender that waits for room in the queue. The session's lock guards it.</summary>
internal sealed class SendWaiter(OutboundPacket packet)
{
    private readonly TaskCompletionSource<EngineSendOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OutboundPacket Packet { get; } = packet;

    /// <summary>Whether the sender has given up; its packet is released then.</summary>
    public bool IsAbandoned { get; set; }

    public Task<EngineSendOutcome> Task => _completion.Task;

    public void Complete(EngineSendOutcome outcome) => _completion.TrySetResult(outcome);
}
