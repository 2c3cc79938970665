using System.Collections.Concurrent;
using Scaler.EngineIO;

namespace Scaler.Tests.Helpers;

/// <summary>
/// The application that the scripts of real clients expect: it echoes messages, and closes a session at the text "close".
/// Records the reason of the end of each session under the label that its client sent.
/// </summary>
internal sealed class ClientEcho
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<EngineCloseReason>> _reasons = new();

    public EngineTestHandler CreateHandler() => new()
    {
        Opened = (session, _) =>
        {
            Observe(session);
            return default;
        },
        Message = static (session, message, cancellationToken) => AnswerAsync(session, message, cancellationToken),
        DiscardsMessages = true,
    };

    public static async ValueTask AnswerAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken)
    {
        if (!message.IsBinary && message.Data.Span.SequenceEqual("close"u8))
        {
            await session.CloseAsync();
            return;
        }

        await session.SendAsync(
            message.Data, message.IsBinary ? EngineMessageKind.Binary : EngineMessageKind.Text,
            cancellationToken: cancellationToken);
    }

    public void Observe(EngineSession session)
    {
        var end = GetEnd(session.Handshake.Query["label"].ToString());
        session.Closed += (_, reason) => end.TrySetResult(reason);
    }

    /// <summary>Waits for the end of the session of a label.</summary>
    public Task<EngineCloseReason> WaitForEndAsync(string label) =>
        GetEnd(label).Task.WithTimeout($"the session of '{label}' to end");

    /// <summary>Asserts that the session that a row has closed ended for the right reason.</summary>
    public async Task AssertEndAsync(string client, string transport, string row)
    {
        var label = $"{client} {transport} {row}";
        if (row == "closed-by-server")
        {
            Assert.Equal(EngineCloseReason.ServerClose, await WaitForEndAsync(label));
        }
        else if (row == "closed-by-client")
        {
            await AssertClosedByClientAsync(
                label, isWebSocket: transport != "polling", isSocketIO: client.StartsWith("socketio", StringComparison.Ordinal));
        }
    }

    /// <summary>Waits for the end of the session of a label, and asserts that its client caused it.</summary>
    private async Task AssertClosedByClientAsync(string label, bool isWebSocket, bool isSocketIO)
    {
        var reason = await WaitForEndAsync(label);
        Assert.True(
            reason == EngineCloseReason.ClientClose
            // Over WebSocket, most clients close the connection without sending a close packet.
            || (isWebSocket && reason == EngineCloseReason.TransportClose)
            // A Socket.IO client sends the disconnect packet of Socket.IO, and the server then closes the session.
            || (isSocketIO && reason == EngineCloseReason.ServerClose),
            $"{label}: the session ended with {reason}.");
    }

    private TaskCompletionSource<EngineCloseReason> GetEnd(string label) =>
        _reasons.GetOrAdd(label, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
