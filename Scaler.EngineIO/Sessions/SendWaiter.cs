using Scaler.EngineIO.Queues;

namespace Scaler.EngineIO.Sessions;

/// <summary>A sender that waits for space in the queue. The session's lock guards it.</summary>
internal sealed class SendWaiter(PacketGroup packets)
{
    private readonly TaskCompletionSource<EngineSendOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PacketGroup Packets { get; } = packets;

    /// <summary>Gets or sets a value indicating whether the sender has stopped waiting. Its packets are then released.</summary>
    public bool IsAbandoned { get; set; }

    public Task<EngineSendOutcome> Task => _completion.Task;

    public void Complete(EngineSendOutcome outcome) => _completion.TrySetResult(outcome);
}
