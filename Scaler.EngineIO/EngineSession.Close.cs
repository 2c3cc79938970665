using System.Text;
using Scaler.EngineIO.Protocol.WebSocket;
using Scaler.EngineIO.Sessions;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    private const int MaxCloseMessage = 123;

    private static readonly TimeSpan LastPollDelay = TimeSpan.FromMilliseconds(50);

    private EngineCloseReason _reason;
    private string? _closeMessage;
    private TaskCompletionSource? _finished;
    private bool _retained;
    private TaskCompletionSource? _lastPoll;
    private bool _notified;

    /// <summary>
    /// Closes the session. For the application, the session has ended when the call returns. Queued packets are still sent,
    /// unless <paramref name="reason"/> discards them. Over WebSocket, they are sent within
    /// <see cref="EngineIOOptions.CloseTimeout"/>; over polling, with the client's next poll within
    /// <see cref="EngineIOOptions.ClosedSessionRetention"/>. Further calls have no effect: the first reason is kept.
    /// </summary>
    /// <param name="reason">
    /// The reason, which determines the close code. Default: <see cref="EngineCloseReason.ServerClose"/>.
    /// </param>
    /// <returns>
    /// A task that completes when the WebSocket has ended or the held poll is answered. It is already complete while a handler
    /// call of this session is in progress, because the end of the session waits for the handler, and the handler may be the
    /// caller.
    /// </returns>
    public ValueTask CloseAsync(EngineCloseReason reason = EngineCloseReason.ServerClose)
    {
        Close(reason);
        return WaitForEndAsync();
    }

    /// <summary>
    /// Closes the session like <see cref="CloseAsync(EngineCloseReason)"/>, with a message that a WebSocket client receives in
    /// the close frame.
    /// </summary>
    /// <param name="reason">The reason, which determines the close code.</param>
    /// <param name="message">The message: at most 123 bytes in UTF-8, the limit of a close frame (RFC 6455 section 5.5).</param>
    /// <returns>A task as returned by <see cref="CloseAsync(EngineCloseReason)"/>.</returns>
    /// <exception cref="ArgumentException">The message is longer than 123 bytes in UTF-8.</exception>
    public ValueTask CloseAsync(EngineCloseReason reason, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Encoding.UTF8.GetByteCount(message) > MaxCloseMessage)
        {
            throw new ArgumentException($"The message is longer than {MaxCloseMessage} bytes in UTF-8.", nameof(message));
        }

        Close(reason, message);
        return WaitForEndAsync();
    }

    private ValueTask WaitForEndAsync()
    {
        lock (_gate)
        {
            if (_state == EngineSessionState.Closed || _retained || _receivers > 0)
            {
                return ValueTask.CompletedTask;
            }

            _finished ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_finished.Task);
        }
    }

    /// <summary>Gets the reason and message of the close, once the session has ended.</summary>
    internal (EngineCloseReason Reason, string? Message) CloseResult => (_reason, _closeMessage);

    /// <summary>Closes the session. Every end of a session goes through this method; the first call wins.</summary>
    /// <returns>
    /// <see langword="true"/> if this call closed the session; <see langword="false"/> if it was already closed.
    /// </returns>
    internal bool Close(EngineCloseReason reason, string? message = null)
    {
        HeldPoll? poll;
        UpgradeAttempt? upgrade;
        WebSocketConnection? socket;
        EngineTransport transport;
        bool isOpening;
        lock (_gate)
        {
            if (_state >= EngineSessionState.Closing)
            {
                return false;
            }

            isOpening = _state == EngineSessionState.Opening;
            _reason = reason;
            _closeMessage = message;
            _corked = false;
            _runtime.Clock.Disarm(_heartbeat);
            transport = _transport;
            poll = _poll;
            upgrade = _upgrade;
            socket = _socket;
            _poll = null;
            _upgrade = null;
            if (!FlushesQueue(reason))
            {
                _queue.Clear();
            }

            FailWaiters();
            _post?.Abort();
            _post = null;
            // A session that is still opening sends its close packet with the handshake response.
            _retained = transport == EngineTransport.Polling && poll is null && !isOpening && IsRetained(reason);
            if (_retained)
            {
                _runtime.Clock.Arm(_heartbeat, _runtime.RetentionDeadlines);
            }

            _state = EngineSessionState.Closing;
            _lastPoll = _handlingPayload && poll is null && reason == EngineCloseReason.ClientClose
                ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
                : null;
            _runtime.Table.Remove(this, _retained || _lastPoll is not null);
            if (_openingBegan)
            {
                _runtime.PendingCloseNotifications.Begin();
                _runtime.Metrics.SessionClosed(transport, reason, _runtime.Time.GetElapsedTime(_openedAt));
            }
        }

        Log.Ended(_runtime.Logger, ConnectionId, reason);
        if (LimitOf(reason) is { } limit)
        {
            _runtime.ReportLimitReached(limit, this);
        }

        var (code, text) = CloseFrame(reason);
        upgrade?.Drop(code, message ?? text);
        socket?.Close(code, message ?? text);
        poll?.SessionClosed();
        if (transport == EngineTransport.Polling && poll is null && !_retained && !isOpening && _lastPoll is null)
        {
            CompleteClose();
        }

        ThreadPool.UnsafeQueueUserWorkItem(static session => session.NotifyClosed(), this, preferLocal: false);
        return true;
    }

    /// <summary>
    /// Waits up to 50 ms for the last poll of a client that sent a close packet while no poll was held. A closing client sends
    /// the POST and a poll at the same time over two connections. If the poll arrives second, it gets a noop packet, as if it had
    /// arrived first.
    /// </summary>
    internal async ValueTask WaitForLastPollAsync()
    {
        if (_lastPoll is not { } lastPoll)
        {
            return;
        }

        try
        {
            await lastPoll.Task.WaitAsync(LastPollDelay, _runtime.Time);
        }
        catch (TimeoutException)
        {
            // The client sent no last poll.
        }

        lock (_gate)
        {
            EndRetention();
        }
    }

    /// <summary>Marks the session as closed, after the transport has sent its last data.</summary>
    internal void CompleteClose()
    {
        TaskCompletionSource? finished;
        lock (_gate)
        {
            _state = EngineSessionState.Closed;
            _queue.Clear();
            finished = _finished;
        }

        finished?.TrySetResult();
    }

    // Called under the lock, when the client has received the end of the session or can no longer do so.
    private void EndRetention()
    {
        _retained = false;
        _state = EngineSessionState.Closed;
        _queue.Clear();
        _runtime.Clock.Disarm(_heartbeat);
        _runtime.Table.Evict(this);
        _finished?.TrySetResult();
    }

    private void NotifyClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException exception)
        {
            Log.HandlerThrew(_runtime.Logger, exception, ConnectionId, nameof(ClosedToken));
        }

        bool notify;
        lock (_gate)
        {
            notify = TryClaimClosedNotification();
        }

        if (notify)
        {
            _ = RaiseClosedAsync();
        }
    }

    /// <summary>
    /// Claims the closed notification, which is raised once and after all handler calls. Called under the lock.
    /// </summary>
    /// <returns><see langword="true"/> if the caller must raise the notification; otherwise, <see langword="false"/>.</returns>
    private bool TryClaimClosedNotification()
    {
        if (_notified || !_openingBegan || _receivers > 0 || _state < EngineSessionState.Closing)
        {
            return false;
        }

        _notified = true;
        return true;
    }

    private async Task RaiseClosedAsync()
    {
        try
        {
            Closed?.Invoke(this, _reason);
        }
        catch (Exception exception)
        {
            Log.HandlerThrew(_runtime.Logger, exception, ConnectionId, nameof(Closed));
        }

        try
        {
            await _runtime.Handler.OnClosedAsync(this, _reason);
        }
        catch (Exception exception)
        {
            Log.HandlerThrew(_runtime.Logger, exception, ConnectionId, nameof(IEngineHandler.OnClosedAsync));
        }

        _runtime.PendingCloseNotifications.End();
    }

    private static bool FlushesQueue(EngineCloseReason reason) => reason is EngineCloseReason.ServerClose
        or EngineCloseReason.ServerShutdown or EngineCloseReason.Forbidden or EngineCloseReason.HandlerError or EngineCloseReason.RateLimit;

    private static bool IsRetained(EngineCloseReason reason) => FlushesQueue(reason) || reason == EngineCloseReason.SlowConsumer;

    // Other reasons do not always come from a limit. Code that closes a session because of such a limit reports the limit itself.
    private static EngineLimit? LimitOf(EngineCloseReason reason) => reason switch
    {
        EngineCloseReason.PayloadTooLarge => EngineLimit.Payload,
        EngineCloseReason.SlowConsumer => EngineLimit.Queue,
        _ => null,
    };

    private static (WebSocketCloseCode Code, string Text) CloseFrame(EngineCloseReason reason) => reason switch
    {
        EngineCloseReason.ParseError => (WebSocketCloseCode.InvalidPacket, "invalid packet"),
        EngineCloseReason.PingTimeout => (WebSocketCloseCode.PingTimeout, "ping timeout"),
        EngineCloseReason.PayloadTooLarge => (WebSocketCloseCode.TooBig, ""),
        EngineCloseReason.SlowConsumer => (WebSocketCloseCode.SlowConsumer, "slow consumer"),
        EngineCloseReason.ServerShutdown => (WebSocketCloseCode.ServerShutdown, "server shutdown"),
        EngineCloseReason.Forbidden => (WebSocketCloseCode.Forbidden, "forbidden"),
        EngineCloseReason.HandlerError => (WebSocketCloseCode.InternalError, "server error"),
        EngineCloseReason.TransportError => (WebSocketCloseCode.ProtocolError, "protocol error"),
        EngineCloseReason.RateLimit => (WebSocketCloseCode.PolicyViolation, "rate limit"),
        _ => (WebSocketCloseCode.Normal, ""),
    };
}
