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
    /// Closes the session. For the application it has ended when the call returns; what is queued is still sent, within
    /// <see cref="EngineIOOptions.CloseTimeout"/> over WebSocket, and over polling with the client's next poll, within
    /// <see cref="EngineIOOptions.ClosedSessionRetention"/>. Closing it again does nothing: the first reason stands.
    /// </summary>
    /// <returns>
    /// A task that completes when the WebSocket has ended, or the poll that waited is answered; while the application handles
    /// something of this session it is complete at once, because the end waits for the handler, and the handler may be the caller.
    /// </returns>
    public ValueTask CloseAsync(EngineCloseReason reason = EngineCloseReason.ServerClose)
    {
        Close(reason);
        return EndedAsync();
    }

    /// <summary>Closes the session, see the other overload, and says why: a WebSocket client reads it in the close frame.</summary>
    /// <param name="reason">The reason, which decides on the code.</param>
    /// <param name="message">At most 123 bytes as UTF-8: a close frame holds no more (RFC 6455 section 5.5).</param>
    /// <exception cref="ArgumentException">The message is longer.</exception>
    public ValueTask CloseAsync(EngineCloseReason reason, string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (Encoding.UTF8.GetByteCount(message) > MaxCloseMessage)
        {
            throw new ArgumentException($"It has more than {MaxCloseMessage} bytes as UTF-8.", nameof(message));
        }

        Close(reason, message);
        return EndedAsync();
    }

    private ValueTask EndedAsync()
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

    /// <summary>Why it has ended, once it has, and what the client is told besides.</summary>
    internal (EngineCloseReason Reason, string? Message) End => (_reason, _closeMessage);

    /// <summary>The only way for a session to end.</summary>
    internal bool Close(EngineCloseReason reason, string? message = null)
    {
        PollWaiter? poll;
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
            if (!SendsQueued(reason))
            {
                _queue.Clear();
            }

            FailWaiters();
            _post?.Abort();
            _post = null;
            // One that is still opening has the handshake's response to say it with.
            _retained = transport == EngineTransport.Polling && poll is null && !isOpening && IsToldLater(reason);
            if (_retained)
            {
                _runtime.Clock.Arm(_heartbeat, _runtime.RetentionDue);
            }

            _state = EngineSessionState.Closing;
            _lastPoll = _handlingPayload && poll is null && reason == EngineCloseReason.ClientClose
                ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
                : null;
            _runtime.Table.Remove(this, _retained || _lastPoll is not null);
            if (_openingBegan)
            {
                _runtime.Farewells.Begin();
                _runtime.Metrics.SessionClosed(transport, reason, _runtime.Time.GetElapsedTime(_openedAt));
            }
        }

        Log.Ended(_runtime.Logger, ConnectionId, reason);
        if (LimitOf(reason) is { } limit)
        {
            _runtime.LimitReached(limit, this);
        }

        var (code, text) = CloseFrame(reason);
        upgrade?.Drop(code, message ?? text);
        socket?.Close(code, message ?? text);
        poll?.SessionClosed();
        if (transport == EngineTransport.Polling && poll is null && !_retained && !isOpening && _lastPoll is null)
        {
            Finish();
        }

        ThreadPool.UnsafeQueueUserWorkItem(static session => session.NotifyClosed(), this, preferLocal: false);
        return true;
    }

    /// <summary>
    /// The client has said goodbye with a post, and no poll was held. A client closes by sending both at the same time, over two connections,
    /// so the poll may be a moment behind: it is to be answered with a noop as if it had been first.
    /// </summary>
    internal async ValueTask AwaitLastPollAsync()
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
            // There is none.
        }

        lock (_gate)
        {
            Forget();
        }
    }

    /// <summary>The transport has said what there was to say.</summary>
    internal void Finish()
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

    // Called under the lock: the time in which the client could have heard of the end is over.
    private void Forget()
    {
        _retained = false;
        _state = EngineSessionState.Closed;
        _queue.Clear();
        _runtime.Clock.Disarm(_heartbeat);
        _runtime.Table.Forget(this);
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
            notify = TakeClosedNotification();
        }

        if (notify)
        {
            _ = TellClosedAsync();
        }
    }

    /// <summary>Whether the caller is the one to tell the application; under the lock.</summary>
    private bool TakeClosedNotification()
    {
        if (_notified || !_openingBegan || _receivers > 0 || _state < EngineSessionState.Closing)
        {
            return false;
        }

        _notified = true;
        return true;
    }

    private async Task TellClosedAsync()
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

        _runtime.Farewells.End();
    }

    private static bool SendsQueued(EngineCloseReason reason) => reason is EngineCloseReason.ServerClose
        or EngineCloseReason.ServerShutdown or EngineCloseReason.Forbidden or EngineCloseReason.HandlerError or EngineCloseReason.RateLimit;

    private static bool IsToldLater(EngineCloseReason reason) => SendsQueued(reason) || reason == EngineCloseReason.SlowConsumer;

    // The other reasons have causes that are no limits; where these are, the limit is told.
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
