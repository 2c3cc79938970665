using Scaler.EngineIO;

namespace Scaler.Tests.Helpers;

/// <summary>
/// A minimal Socket.IO server on Engine.IO, enough for the engine of Socket.IO clients to be tested: it confirms the connect
/// packet, acknowledges and echoes events, and disconnects at the event "close". Protocol 5, and 4 for clients of Engine.IO 3.
/// </summary>
internal static class SocketFraming
{
    public static EngineTestHandler CreateHandler(ClientEcho echo) => new()
    {
        Opened = async (session, cancellationToken) =>
        {
            echo.Observe(session);
            if (session.ProtocolVersion == 3)
            {
                await session.SendAsync("0", cancellationToken: cancellationToken);
            }
        },
        Message = AnswerAsync,
        DiscardsMessages = true,
    };

    public static async ValueTask AnswerAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken)
    {
        var text = message.IsBinary ? "" : message.ToString();
        var id = new string([.. text.Skip(1).TakeWhile(char.IsAsciiDigit)]);
        switch (text)
        {
            case ['0', ..]:
                await session.SendAsync($"0{{\"sid\":\"{session.ConnectionId}\"}}", cancellationToken: cancellationToken);
                break;
            case ['1', ..]:
                await session.CloseAsync();
                break;
            case ['2', ..] when text.Contains("\"close\"", StringComparison.Ordinal):
                await session.SendAsync("1", cancellationToken: cancellationToken);
                await session.CloseAsync();
                break;
            case ['2', ..] when id.Length > 0:
                // 2<id>["echo",<argument>] is acknowledged by 3<id>[<argument>].
                await session.SendAsync(
                    $"3{id}[{text[(text.IndexOf(',', StringComparison.Ordinal) + 1)..]}", cancellationToken: cancellationToken);
                break;
            default:
                await ClientEcho.AnswerAsync(session, message, cancellationToken);
                break;
        }
    }
}
