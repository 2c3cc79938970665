using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Sessions;

/// <summary>A sender that waits for space in the queue. The session's lock guards it.</summary>
internal sealed class SendWaiter(OutboundPacket packet)
{
    private readonly TaskCompletionSource<EngineSendOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OutboundPacket Packet { get; } = packet;

    /// <summary>Gets or sets a value indicating whether the sender has stopped waiting. Its packet is then released.</summary>
    public bool IsAbandoned { get; set; }

    public Task<EngineSendOutcome> Task => _completion.Task;

    public void Complete(EngineSendOutcome outcome) => _completion.TrySetResult(outcome);
}
