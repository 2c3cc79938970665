using System.Buffers;
using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Sessions;

/// <summary>
/// Handles the received packets of a session within its rate limits, and calls the application's handler in order: opened, each
/// message, then closed after all other calls.
/// </summary>
internal sealed class MessagePump(SessionLifecycle lifecycle, SendQueue queue)
{
    private readonly SessionLifecycle _lifecycle = lifecycle;
    private readonly SendQueue _queue = queue;

    // The client's receive limits, or null if none are configured.
    private readonly ReceiveRateLimiter? _limiter = ReceiveRateLimiter.Create(lifecycle.Runtime.Options, lifecycle.Runtime.Time);

    // The number of handler calls in progress. The closed notification is raised when it is 0.
    private int _calls;
    private bool _notified;

    /// <summary>Gets a value indicating whether the handler was called, so that it must be notified of the close.</summary>
    public bool HasBegunOpening { get; private set; }

    /// <summary>Gets a value indicating whether a handler call is in progress.</summary>
    public bool IsCallingHandler => _calls > 0;

    private EngineRuntime Runtime => _lifecycle.Runtime;

    private EngineSession Session => _lifecycle.Session;

    /// <summary>Sends the initial message, calls <see cref="IEngineHandler.OnOpenedAsync"/>, and opens the session.</summary>
    public async ValueTask OpenAsync()
    {
        if (Runtime.Options.InitialPacket is { } initial)
        {
            await new SessionSender(_lifecycle, _queue).SendAsync(initial, EngineSendFlags.None, CancellationToken.None);
        }

        if (!TryBeginOpening())
        {
            return;
        }

        SessionLog.Opened(Runtime.Logger, Session.ConnectionId, _lifecycle.Transport, Session.ProtocolVersion);
        try
        {
            await Runtime.Handler.OnOpenedAsync(Session, _lifecycle.ClosedToken);
        }
        catch (Exception exception)
        {
            HandlerFailed(exception, nameof(IEngineHandler.OnOpenedAsync));
        }

        _lifecycle.Open();
        Session.HeartbeatMonitor.Start();
        EndReceive();
    }

    /// <summary>
    /// Begins to handle received packets. Messages that are sent meanwhile are batched until <see cref="SendQueue.EndBatch"/> or
    /// <see cref="EndReceive"/>.
    /// </summary>
    public void BeginReceive()
    {
        lock (_lifecycle.Gate)
        {
            EnterReceive();
        }
    }

    /// <summary>Begins to handle received packets. Called under the lock.</summary>
    public void EnterReceive()
    {
        _calls++;
        _queue.Cork();
    }

    /// <summary>Ends the handling of received packets, and flushes the batched messages.</summary>
    public void EndReceive()
    {
        ISessionTransport? transport;
        bool notify;
        lock (_lifecycle.Gate)
        {
            if (--_calls == 0)
            {
                Session.HeartbeatMonitor.ReceiveEnded();
            }

            transport = _queue.Uncork();
            notify = TryClaimClosedNotification();
        }

        transport?.OutputAvailable();
        if (notify)
        {
            _ = RaiseClosedAsync();
        }
    }

    /// <summary>Handles one WebSocket message. Called between <see cref="BeginReceive"/> and <see cref="EndReceive"/>.</summary>
    public ValueTask ReceiveFrameAsync(ReadOnlyMemory<byte> data, bool isText)
    {
        Packet packet;
        PacketParseError error;
        if (isText)
        {
            error = Session.ProtocolVersion == 3
                ? V3.PacketCodec.DecodeText(data.Span, out packet)
                : PacketCodec.Decode(data.Span, out packet);
        }
        else if (Session.ProtocolVersion == 3)
        {
            error = V3.PacketCodec.DecodeBinary(data.Span, out packet);
        }
        else
        {
            packet = new Packet(PacketType.Message, PacketBodyFormat.Binary, 0, data.Length);
            error = PacketParseError.None;
        }

        if (error != PacketParseError.None)
        {
            _lifecycle.Close(EngineCloseReason.ParseError);
            return default;
        }

        return ReceiveAsync(packet, data, EngineTransport.WebSocket);
    }

    /// <summary>Handles one packet.</summary>
    public ValueTask ReceiveAsync(in Packet packet, ReadOnlyMemory<byte> source, EngineTransport transport)
    {
        Runtime.Metrics.PacketReceived(transport, packet.Type);
        Session.HeartbeatMonitor.PacketReceived();
        if (_limiter is not null && !TryAcquire(packet.Length))
        {
            return default;
        }

        switch (packet.Type)
        {
            case PacketType.Message when packet.BodyFormat == PacketBodyFormat.Base64:
                return ReceiveBase64Async(source.Slice(packet.Offset, packet.Length));
            case PacketType.Message:
                var isBinary = packet.BodyFormat == PacketBodyFormat.Binary;
                return DeliverAsync(new EngineMessage(source.Slice(packet.Offset, packet.Length), isBinary));
            case PacketType.Ping when Session.ProtocolVersion == 3:
                Session.HeartbeatMonitor.ClientPingReceived();
                return default;
            case PacketType.Pong when Session.ProtocolVersion == 4:
                Session.HeartbeatMonitor.HeartbeatReceived();
                return default;
            // The heartbeat has the wrong direction, so the client does not use the protocol version that it requested.
            case PacketType.Ping or PacketType.Pong:
                _lifecycle.Close(EngineCloseReason.ParseError);
                return default;
            case PacketType.Close:
                _lifecycle.Close(EngineCloseReason.ClientClose);
                return default;
            default:
                return default;
        }
    }

    /// <summary>
    /// Counts a WebSocket control frame against the receive limits, so that a flood of pings is limited like one of packets.
    /// </summary>
    public void CountControlFrame(int bytes)
    {
        if (_limiter is not null)
        {
            TryAcquire(bytes);
        }
    }

    /// <summary>Raises the closed notification of an ended session, unless a handler call in progress raises it later.</summary>
    public void NotifyClosedWhenIdle()
    {
        bool notify;
        lock (_lifecycle.Gate)
        {
            notify = TryClaimClosedNotification();
        }

        if (notify)
        {
            _ = RaiseClosedAsync();
        }
    }

    /// <summary>Raises an event of the session, and closes the session if an event handler throws an exception.</summary>
    public void Raise(Action<EngineSession>? handlers)
    {
        try
        {
            handlers?.Invoke(Session);
        }
        catch (Exception exception)
        {
            HandlerFailed(exception, "An event handler");
        }
    }

    private bool TryBeginOpening()
    {
        lock (_lifecycle.Gate)
        {
            if (_lifecycle.State != EngineSessionState.Opening)
            {
                return false;
            }

            HasBegunOpening = true;
            _calls++;
            Runtime.Metrics.SessionOpened(_lifecycle.Transport);
            return true;
        }
    }

    /// <summary>Counts a packet against the receive limits, and closes the session if it exceeds one.</summary>
    /// <returns>
    /// <see langword="true"/> if the packet is within the limits; <see langword="false"/> if the session was closed.
    /// </returns>
    private bool TryAcquire(int bytes)
    {
        if (_limiter!.TryAcquire(bytes) is not { } limit)
        {
            return true;
        }

        var message = limit == EngineLimit.Messages ? "too many messages per second" : "too many bytes per second";
        if (_lifecycle.Close(EngineCloseReason.RateLimit, message))
        {
            Runtime.ReportLimitReached(limit, Session);
        }

        return false;
    }

    private async ValueTask ReceiveBase64Async(ReadOnlyMemory<byte> text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, Base64Text.GetMaxDecodedLength(text.Length)));
        try
        {
            var length = Base64Text.Decode(text.Span, bytes);
            await DeliverAsync(new EngineMessage(bytes.AsMemory(0, length), isBinary: true));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private ValueTask DeliverAsync(EngineMessage message)
    {
        if (_lifecycle.State != EngineSessionState.Open)
        {
            return default;
        }

        ValueTask handled;
        try
        {
            handled = Runtime.Handler.OnMessageAsync(Session, message, _lifecycle.ClosedToken);
        }
        catch (Exception exception)
        {
            HandlerFailed(exception, nameof(IEngineHandler.OnMessageAsync));
            return default;
        }

        if (handled.IsCompletedSuccessfully)
        {
            handled.GetAwaiter().GetResult();
            return default;
        }

        return ObserveAsync(handled);
    }

    private async ValueTask ObserveAsync(ValueTask handled)
    {
        try
        {
            await handled;
        }
        catch (Exception exception)
        {
            HandlerFailed(exception, nameof(IEngineHandler.OnMessageAsync));
        }
    }

    private void HandlerFailed(Exception exception, string callback)
    {
        // A cancellation caused by the end of the session is not a handler error.
        if (exception is OperationCanceledException && _lifecycle.ClosedToken.IsCancellationRequested)
        {
            return;
        }

        SessionLog.HandlerThrew(Runtime.Logger, exception, Session.ConnectionId, callback);
        _lifecycle.Close(EngineCloseReason.HandlerError);
    }

    /// <summary>
    /// Claims the closed notification, which is raised once and after all handler calls. Called under the lock.
    /// </summary>
    /// <returns><see langword="true"/> if the caller must raise the notification; otherwise, <see langword="false"/>.</returns>
    private bool TryClaimClosedNotification()
    {
        if (_notified || !HasBegunOpening || IsCallingHandler || _lifecycle.State < EngineSessionState.Closing)
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
            Session.RaiseClosed(_lifecycle.CloseReason);
        }
        catch (Exception exception)
        {
            SessionLog.HandlerThrew(Runtime.Logger, exception, Session.ConnectionId, nameof(EngineSession.Closed));
        }

        try
        {
            await Runtime.Handler.OnClosedAsync(Session, _lifecycle.CloseReason);
        }
        catch (Exception exception)
        {
            SessionLog.HandlerThrew(Runtime.Logger, exception, Session.ConnectionId, nameof(IEngineHandler.OnClosedAsync));
        }

        Runtime.PendingCloseNotifications.End();
    }
}
