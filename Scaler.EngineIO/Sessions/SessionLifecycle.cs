using System.Diagnostics.CodeAnalysis;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Manages the state of a session from the handshake to its end: opening, closing with the first reason, and retention of a
/// closed polling session for the client's last poll.
/// </summary>
/// <remarks>
/// All parts of a session share one lock, <see cref="Gate"/>, because closing and upgrading change several parts atomically. The
/// lock is held for a few instructions, never while application code runs and never across an await.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer or linked tokens needs no disposal.")]
internal sealed class SessionLifecycle
{
    private readonly CancellationTokenSource _closed = new();
    private readonly long _openedAt;
    private TaskCompletionSource? _finished;

    public SessionLifecycle(EngineSession session, EngineRuntime runtime, EngineTransport transport)
    {
        Session = session;
        Runtime = runtime;
        Transport = transport;
        _openedAt = runtime.Clock.Now;
    }

    /// <summary>Gets the lock that guards all parts of the session.</summary>
    public Lock Gate { get; } = new();

    public EngineSession Session { get; }

    public EngineRuntime Runtime { get; }

    public EngineSessionState State { get; private set; }

    public EngineTransport Transport { get; private set; }

    /// <summary>Gets the WebSocket of the session, or <see langword="null"/> while the session uses polling.</summary>
    public ISessionTransport? WebSocket { get; private set; }

    /// <summary>Gets the reason of the close, once the session has ended.</summary>
    public EngineCloseReason CloseReason { get; private set; }

    /// <summary>Gets the message of the close, once the session has ended.</summary>
    public string? CloseMessage { get; private set; }

    /// <summary>Gets a value indicating whether the closed session waits for the client's last poll.</summary>
    public bool IsRetained { get; private set; }

    /// <summary>Gets a token that is canceled when the session ends.</summary>
    public CancellationToken ClosedToken => _closed.Token;

    /// <summary>Sets the WebSocket of a session that starts with this transport.</summary>
    public void Attach(ISessionTransport webSocket)
    {
        lock (Gate)
        {
            WebSocket = webSocket;
        }
    }

    /// <summary>Replaces polling by a WebSocket. Called under the lock.</summary>
    public void Upgrade(ISessionTransport webSocket)
    {
        Transport = EngineTransport.WebSocket;
        WebSocket = webSocket;
    }

    /// <summary>Opens the session, unless it was closed while it was opening.</summary>
    public void Open()
    {
        lock (Gate)
        {
            if (State == EngineSessionState.Opening)
            {
                State = EngineSessionState.Open;
            }
        }
    }

    /// <summary>Closes the session. Every end of a session goes through this method; the first call wins.</summary>
    /// <returns>
    /// <see langword="true"/> if this call closed the session; <see langword="false"/> if it was already closed.
    /// </returns>
    public bool Close(EngineCloseReason reason, string? message = null)
    {
        if (!TryBeginClosing(reason, message, out var ended))
        {
            return false;
        }

        SessionLog.Ended(Runtime.Logger, Session.ConnectionId, reason);
        if (reason.GetLimit() is { } limit)
        {
            Runtime.ReportLimitReached(limit, Session);
        }

        var (code, text) = reason.GetCloseFrame();
        ended.Upgrade?.Close(code, message ?? text);
        ended.WebSocket?.Close(code, message ?? text);
        ended.Poll?.Close(code, message ?? text);
        if (ended.IsComplete)
        {
            Complete();
        }

        ThreadPool.UnsafeQueueUserWorkItem(static lifecycle => lifecycle.NotifyClosed(), this, preferLocal: false);
        return true;
    }

    /// <summary>Marks the session as closed, after the transport has sent its last data.</summary>
    public void Complete()
    {
        TaskCompletionSource? finished;
        lock (Gate)
        {
            State = EngineSessionState.Closed;
            Session.SendQueue.Clear();
            finished = _finished;
        }

        finished?.TrySetResult();
    }

    /// <summary>Drops the packets of a closed session that it keeps for the client's last poll, if it keeps any.</summary>
    public void TryEndRetention()
    {
        lock (Gate)
        {
            if (IsRetained)
            {
                EndRetention();
            }
        }
    }

    /// <summary>
    /// Ends the retention, when the client has received the end of the session or can no longer do so. Called under the lock.
    /// </summary>
    public void EndRetention()
    {
        IsRetained = false;
        State = EngineSessionState.Closed;
        Session.SendQueue.Clear();
        Session.HeartbeatMonitor.Stop();
        Runtime.Table.Evict(Session);
        _finished?.TrySetResult();
    }

    /// <summary>Waits until the WebSocket has ended or the held poll is answered.</summary>
    /// <returns>A task that is already complete while a handler call is in progress or the session is retained.</returns>
    public ValueTask WaitForEndAsync()
    {
        lock (Gate)
        {
            if (State == EngineSessionState.Closed || IsRetained || Session.MessagePump.IsCallingHandler)
            {
                return ValueTask.CompletedTask;
            }

            _finished ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_finished.Task);
        }
    }

    /// <summary>Stops all parts of the session and starts the retention, in one atomic transition.</summary>
    private bool TryBeginClosing(EngineCloseReason reason, string? message, out EndedTransports ended)
    {
        ended = default;
        lock (Gate)
        {
            if (State >= EngineSessionState.Closing)
            {
                return false;
            }

            var isOpening = State == EngineSessionState.Opening;
            CloseReason = reason;
            CloseMessage = message;
            Session.HeartbeatMonitor.Stop();
            Session.SendQueue.Close(flush: reason.FlushesQueue());
            var (poll, upgrade) = Session.Polling?.Stop(reason) ?? default;
            var isIdlePolling = Transport == EngineTransport.Polling && poll is null;
            // A session that is still opening sends its close packet with the handshake response.
            IsRetained = isIdlePolling && !isOpening && reason.IsRetained();
            if (IsRetained)
            {
                Session.HeartbeatMonitor.StartRetention();
            }

            State = EngineSessionState.Closing;
            var staysFindable = IsRetained || Session.Polling?.ExpectsLastPoll == true;
            Runtime.Table.Remove(Session, staysFindable);
            if (Session.MessagePump.HasBegunOpening)
            {
                Runtime.PendingCloseNotifications.Begin();
                Runtime.Metrics.SessionClosed(Transport, reason, Runtime.Time.GetElapsedTime(_openedAt));
            }

            ended = new EndedTransports(poll, upgrade, WebSocket, isIdlePolling && !isOpening && !staysFindable);
            return true;
        }
    }

    private void NotifyClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException exception)
        {
            SessionLog.HandlerThrew(Runtime.Logger, exception, Session.ConnectionId, nameof(ClosedToken));
        }

        Session.MessagePump.NotifyClosedWhenIdle();
    }

    /// <summary>Represents the transports to close after the transition, without the lock.</summary>
    private readonly record struct EndedTransports(
        HeldPoll? Poll, UpgradeAttempt? Upgrade, ISessionTransport? WebSocket, bool IsComplete);
}
