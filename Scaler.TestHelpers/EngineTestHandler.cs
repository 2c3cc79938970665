using System.Collections.Concurrent;
using System.Threading.Channels;
using Scaler.EngineIO;

namespace Scaler.Tests.Helpers;

/// <summary>
/// Represents an application under test. Echoes messages unless configured otherwise, and records each callback.
/// </summary>
internal sealed class EngineTestHandler : IEngineHandler
{
    private readonly Channel<EngineSession> _opened = Channel.CreateUnbounded<EngineSession>();
    private readonly Channel<(EngineSession Session, EngineCloseReason Reason)> _closed =
        Channel.CreateUnbounded<(EngineSession, EngineCloseReason)>();

    public Func<EngineSession, CancellationToken, ValueTask>? Opened { get; init; }

    public Func<EngineSession, EngineMessage, CancellationToken, ValueTask>? Message { get; init; }

    public Func<EngineSession, ValueTask>? Closed { get; init; }

    /// <summary>Gets a value indicating whether the handler does not record messages.</summary>
    public bool DiscardsMessages { get; init; }

    public ConcurrentQueue<string> Messages { get; } = new();

    public ConcurrentDictionary<EngineSession, int> ClosedCallCounts { get; } = new();

    public async ValueTask OnOpenedAsync(EngineSession session, CancellationToken cancellationToken)
    {
        if (Opened is not null)
        {
            await Opened(session, cancellationToken);
        }

        _opened.Writer.TryWrite(session);
    }

    // Not async: in a debug build an async state machine is a class and would allocate on each call.
    public ValueTask OnMessageAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken)
    {
        if (!DiscardsMessages)
        {
            Messages.Enqueue(message.IsBinary ? Convert.ToHexString(message.Data.Span) : message.ToString());
        }

        return Message?.Invoke(session, message, cancellationToken) ?? EchoAsync(session, message, cancellationToken);
    }

    public ValueTask OnClosedAsync(EngineSession session, EngineCloseReason reason)
    {
        ClosedCallCounts.AddOrUpdate(session, 1, static (_, calls) => calls + 1);
        _closed.Writer.TryWrite((session, reason));
        return Closed?.Invoke(session) ?? default;
    }

    private static async ValueTask EchoAsync(EngineSession session, EngineMessage message, CancellationToken cancellationToken) =>
        await session.SendAsync(
            message.Data, message.IsBinary ? EngineMessageKind.Binary : EngineMessageKind.Text, cancellationToken: cancellationToken);

    public Task<EngineSession> WaitForOpenedAsync() => _opened.Reader.ReadAsync().AsTask().WithTimeout("a session to open");

    public async Task<EngineCloseReason> WaitForClosedAsync() => (await _closed.Reader.ReadAsync().AsTask().WithTimeout("a session to end")).Reason;
}
