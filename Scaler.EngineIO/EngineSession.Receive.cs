using System.Buffers;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    private bool _openingBegan;
    // The number of handler calls in progress. The closed notification is raised when it is 0.
    private int _receivers;

    private bool TryBeginOpening()
    {
        lock (_gate)
        {
            if (_state != EngineSessionState.Opening)
            {
                return false;
            }

            _openingBegan = true;
            _receivers++;
            _runtime.Metrics.SessionOpened(_transport);
            return true;
        }
    }

    /// <summary>
    /// Begins to handle received packets. Messages that are sent meanwhile are batched until <see cref="EndBatch"/> or
    /// <see cref="EndReceive"/>.
    /// </summary>
    internal void BeginReceive()
    {
        lock (_gate)
        {
            _receivers++;
            _corked = true;
        }
    }

    /// <summary>Starts to batch sent messages.</summary>
    internal void BeginBatch()
    {
        lock (_gate)
        {
            _corked = true;
        }
    }

    /// <summary>Flushes the batched messages, and stops batching.</summary>
    internal void EndBatch()
    {
        IOutputDrain? drain;
        lock (_gate)
        {
            _corked = false;
            drain = _queue.Count > 0 ? _drain : null;
        }

        drain?.OutputAvailable();
    }

    /// <summary>Ends the handling of received packets, and flushes the batched messages.</summary>
    internal void EndReceive()
    {
        IOutputDrain? drain;
        bool notify;
        lock (_gate)
        {
            _receivers--;
            _corked = false;
            drain = _queue.Count > 0 ? _drain : null;
            notify = TryClaimClosedNotification();
        }

        drain?.OutputAvailable();
        if (notify)
        {
            _ = RaiseClosedAsync();
        }
    }

    /// <summary>Handles one WebSocket message. Called between <see cref="BeginReceive"/> and <see cref="EndReceive"/>.</summary>
    internal ValueTask ReceiveFrameAsync(ReadOnlyMemory<byte> data, bool isText)
    {
        Packet packet;
        PacketParseError error;
        if (isText)
        {
            error = ProtocolVersion == 3
                ? V3.PacketCodec.DecodeText(data.Span, out packet)
                : PacketCodec.Decode(data.Span, out packet);
        }
        else if (ProtocolVersion == 3)
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
            Close(EngineCloseReason.ParseError);
            return default;
        }

        return ReceiveAsync(packet, data, EngineTransport.WebSocket);
    }

    /// <summary>Handles a polling body packet by packet. Stops at the first invalid packet.</summary>
    internal async ValueTask<PayloadOutcome> ReceivePayloadAsync(ReadOnlyMemory<byte> body, bool isBinary)
    {
        if (!TryBeginPayload())
        {
            return PayloadOutcome.WrongTransport;
        }

        try
        {
            if (ProtocolVersion == 4 && PayloadCodec.CountPackets(body.Span) > _runtime.Options.MaxPacketsPerPayload)
            {
                CloseForTooManyPackets();
                return PayloadOutcome.Invalid;
            }

            var position = 0;
            var count = 0;
            while (_state == EngineSessionState.Open)
            {
                var step = ReadPacket(body.Span, isBinary, ref position, out var packet);
                if (step == PayloadReadResult.End)
                {
                    break;
                }

                if (step == PayloadReadResult.Invalid)
                {
                    Close(EngineCloseReason.ParseError);
                    return PayloadOutcome.Invalid;
                }

                if (++count > _runtime.Options.MaxPacketsPerPayload)
                {
                    CloseForTooManyPackets();
                    return PayloadOutcome.Invalid;
                }

                var handled = ReceiveAsync(packet, body, EngineTransport.Polling);
                if (!handled.IsCompletedSuccessfully)
                {
                    EndBatch();
                    await handled;
                    BeginBatch();
                }
            }

            return _reason == EngineCloseReason.RateLimit ? PayloadOutcome.RateLimited : PayloadOutcome.Accepted;
        }
        finally
        {
            EndPayload();
        }
    }

    private PayloadReadResult ReadPacket(ReadOnlySpan<byte> body, bool isBinary, ref int position, out Packet packet)
    {
        if (ProtocolVersion == 4)
        {
            return PayloadCodec.Read(body, ref position, out packet, out _);
        }

        return isBinary
            ? V3.BinaryPayloadCodec.Read(body, ref position, out packet, out _)
            : V3.TextPayloadCodec.Read(body, ref position, out packet, out _);
    }

    private ValueTask ReceiveAsync(in Packet packet, ReadOnlyMemory<byte> source, EngineTransport transport)
    {
        _runtime.Metrics.PacketReceived(transport, packet.Type);
        if (_budget is not null && !TryConsumeBudget(packet.Length))
        {
            return default;
        }

        switch (packet.Type)
        {
            case PacketType.Message when packet.BodyFormat == PacketBodyFormat.Base64:
                return ReceiveBase64Async(source.Slice(packet.Offset, packet.Length));
            case PacketType.Message:
                return DeliverAsync(new EngineMessage(source.Slice(packet.Offset, packet.Length), packet.BodyFormat == PacketBodyFormat.Binary));
            case PacketType.Ping when ProtocolVersion == 3:
                ReceiveClientPing();
                return default;
            case PacketType.Pong when ProtocolVersion == 4:
                HeartbeatReceived();
                return default;
            // The heartbeat has the wrong direction, so the client does not use the protocol version that it requested.
            case PacketType.Ping or PacketType.Pong:
                Close(EngineCloseReason.ParseError);
                return default;
            case PacketType.Close:
                Close(EngineCloseReason.ClientClose);
                return default;
            default:
                return default;
        }
    }

    private void ReceiveClientPing()
    {
        bool full;
        lock (_gate)
        {
            // A client that sends pings without reading fills its queue with pongs.
            full = !HasRoom(OutboundPacket.Empty(PacketType.Pong).Cost);
        }

        if (full)
        {
            Close(EngineCloseReason.SlowConsumer);
            return;
        }

        SendControl(PacketType.Pong);
        HeartbeatReceived();
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
        if (_state != EngineSessionState.Open)
        {
            return default;
        }

        ValueTask handled;
        try
        {
            handled = _runtime.Handler.OnMessageAsync(this, message, ClosedToken);
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
        if (exception is OperationCanceledException && ClosedToken.IsCancellationRequested)
        {
            return;
        }

        Log.HandlerThrew(_runtime.Logger, exception, ConnectionId, callback);
        Close(EngineCloseReason.HandlerError);
    }

    private void Raise(Action<EngineSession>? handlers)
    {
        try
        {
            handlers?.Invoke(this);
        }
        catch (Exception exception)
        {
            HandlerFailed(exception, "An event handler");
        }
    }
}
