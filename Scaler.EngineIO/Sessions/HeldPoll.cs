using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Sessions;

/// <summary>A held poll. It is the session's sending transport until it is answered.</summary>
internal sealed class HeldPoll : ISessionTransport
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Gets a task that completes when the poll must be answered. <see cref="PollingExchange.EndPoll"/> then decides the
    /// response.
    /// </summary>
    public Task Released => _completion.Task;

    public void OutputAvailable() => Release();

    public void BroadcastOutputAvailable() => Release();

    public void Close(WebSocketCloseCode code, string reason) => Release();

    /// <summary>Releases the poll: output is available, the session has ended, or an upgrade needs the poll to end.</summary>
    public void Release() => _completion.TrySetResult();
}
