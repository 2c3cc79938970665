using System.Buffers;
using System.IO.Pipelines;
using System.Text.Unicode;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Transports;

internal sealed partial class WebSocketConnection
{
    // How much is taken until what it made the session send may leave.
    private const int MaxTaken = 64 * 1024;

    private EngineSession? _upgradingSession;

    // Received and not handled yet. It has no memory while the connection is idle.
    private ReceiveBuffer _received;

    // The message that fragments are put together for.
    private PooledBuffer? _message;
    private WebSocketOpcode _messageOpcode;
    private bool _messageCompressed;
    private int _fragments;
    private bool _complete;
    private PooledBuffer? _inflated;
    private bool _receiving;

    // How much has been taken since what is sent is kept together.
    private int _taken;

    /// <summary>Takes of what has been read what there is room for; false at the end of the connection.</summary>
    private bool TryTake(PipeReader input, in ReadResult read)
    {
        // The server that stops wakes whoever waits for a next request; here it is for the session to end.
        var (source, taken) = (read.Buffer, 0);
        if (!source.IsEmpty)
        {
            var room = _received.MakeRoom().Span;
            taken = (int)Math.Min(room.Length, source.Length);
            source.Slice(0, taken).CopyTo(room);
        }

        _taken += taken;
        input.AdvanceTo(source.GetPosition(taken));
        return TryTake(taken) || (!read.IsCompleted && read.IsCanceled);
    }

    /// <summary>Bytes have come into the buffer; false at the end of the stream.</summary>
    private bool TryTake(int count)
    {
        _received.Add(count);
        if (_framingLost)
        {
            DiscardUnframed();
        }

        return count > 0;
    }

    /// <summary>Handles all messages that are complete. As long as their handlers complete at once, it does so without an await.</summary>
    private ValueTask HandleReceived()
    {
        BeginReceive();
        while (TryTakeMessage(out var data, out var isText))
        {
            var handled = DeliverAsync(data, isText);
            if (!handled.IsCompletedSuccessfully)
            {
                return HandleReceivedSlowlyAsync(handled);
            }
        }

        EndReceive();
        return default;
    }

    private async ValueTask HandleReceivedSlowlyAsync(ValueTask handled)
    {
        while (true)
        {
            if (!handled.IsCompleted)
            {
                // What was sent so far must not wait for a handler that takes its time.
                _session?.Uncork();
                await handled;
                if (_receiving)
                {
                    _session?.Cork();
                }
            }
            else
            {
                await handled;
            }

            if (!TryTakeMessage(out var data, out var isText))
            {
                EndReceive();
                return;
            }

            handled = DeliverAsync(data, isText);
        }
    }

    /// <summary>
    /// Reads a message out of what is there, and takes what has come meanwhile: what leaves in one write costs the system one send.
    /// </summary>
    private bool TryTakeMessage(out ReadOnlyMemory<byte> data, out bool isText)
    {
        while (!TryReadMessage(out data, out isText))
        {
            if (_transport is null || _peerClosed || _taken >= MaxTaken || !_transport.Input.TryRead(out var more) || !TryTake(_transport.Input, more))
            {
                return false;
            }
        }

        return true;
    }

    private void BeginReceive()
    {
        if (_session is not null && !_receiving)
        {
            _receiving = true;
            _session.BeginReceive();
        }
    }

    private void EndReceive()
    {
        _taken = 0;
        if (_receiving)
        {
            _receiving = false;
            _session!.EndReceive();
        }
    }

    private ValueTask DeliverAsync(ReadOnlyMemory<byte> data, bool isText)
    {
        if (_session is not null)
        {
            return _session.ReceiveFrameAsync(data, isText);
        }

        if (_upgrade is null)
        {
            return default;
        }

        var text = isText ? data.Span : default;
        if (text.SequenceEqual("2probe"u8) && _upgradingSession!.Probe(_upgrade))
        {
            lock (_lock)
            {
                _probeAnswer = true;
            }

            OutputAvailable();
            return default;
        }

        if (text.Length > 0 && text[0] == PacketCodec.Digit(PacketType.Upgrade))
        {
            return CompleteUpgradeAsync();
        }

        _upgradingSession!.DropUpgrade(_upgrade, WebSocketCloseCode.InvalidPacket, "probe expected");
        return default;
    }

    private async ValueTask CompleteUpgradeAsync()
    {
        if (_upgradingSession!.CompleteUpgrade(_upgrade!, this) is not { } payloadEnded)
        {
            return;
        }

        _session = _upgradingSession;
        OutputAvailable();
        await payloadEnded;
        BeginReceive();
    }

    /// <summary>Takes the next complete message; it is valid until the next call.</summary>
    private bool TryReadMessage(out ReadOnlyMemory<byte> data, out bool isText)
    {
        ReleaseMessage();
        while (TryReadFrame(out var header, out var payload))
        {
            if (header.IsControl)
            {
                _session?.CountControlFrame(payload.Length);
                HandleControl(header.Opcode, payload.Span);
                continue;
            }

            if (_message is null && header.Final)
            {
                _messageOpcode = header.Opcode;
                if (TryComplete(payload, header.Compressed, out data))
                {
                    isText = _messageOpcode == WebSocketOpcode.Text;
                    return true;
                }

                continue;
            }

            if (_message is null)
            {
                _message = new PooledBuffer(Math.Max(256, payload.Length));
                _messageOpcode = header.Opcode;
                _messageCompressed = header.Compressed;
            }

            _fragments++;
            _message.Write(payload.Span);
            if (header.Final)
            {
                _complete = true;
                if (TryComplete(_message.Memory, _messageCompressed, out data))
                {
                    isText = _messageOpcode == WebSocketOpcode.Text;
                    return true;
                }
            }
        }

        data = default;
        isText = false;
        return false;
    }

    private void ReleaseMessage()
    {
        _inflated?.Dispose();
        _inflated = null;
        if (_complete)
        {
            _message?.Dispose();
            _message = null;
            _fragments = 0;
            _complete = false;
        }
    }

    private bool TryComplete(ReadOnlyMemory<byte> payload, bool compressed, out ReadOnlyMemory<byte> data)
    {
        data = payload;
        if (compressed)
        {
            try
            {
                _inflated = MessageDeflate.Inflate(payload.Span, _runtime.Options.MaxPayload);
            }
            catch (InvalidDataException)
            {
                Fail(FrameError.BadCompression);
                return false;
            }

            if (_inflated is null)
            {
                Fail(FrameError.TooBig);
                return false;
            }

            data = _inflated.Memory;
        }

        if (_messageOpcode == WebSocketOpcode.Text && !Utf8.IsValid(data.Span))
        {
            Fail(FrameError.InvalidUtf8);
            return false;
        }

        return true;
    }

    private void ReturnBuffers()
    {
        EndReceive();
        _received.Free();
        _complete = true;
        ReleaseMessage();
    }
}
