using Scaler.EngineIO;

/// <summary>Sends each message back to its sender.</summary>
internal sealed class EchoHandler : IEngineHandler
{
    public ValueTask OnOpenedAsync(EngineSession session, CancellationToken cancellationToken) => default;

    public async ValueTask OnMessageAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken) =>
        await session.SendAsync(
            message.Data,
            message.IsBinary ? EngineMessageKind.Binary : EngineMessageKind.Text,
            cancellationToken: cancellationToken);

    public ValueTask OnClosedAsync(EngineSession session, EngineCloseReason reason) => default;
}
