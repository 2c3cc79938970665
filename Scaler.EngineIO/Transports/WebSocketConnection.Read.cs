using System.Buffers;
using System.Text.Unicode;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Transports;

internal sealed partial class WebSocketConnection
{
    private const int SmallestBuffer = 4096;

    private EngineSession? _upgradingSession;

    // Received and not handled yet: _buffer[_start.._end]. None while the connection is idle.
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _wanted;

    // The message that fragments are put together for.
    private PooledBuffer? _message;
    private WebSocketOpcode _messageOpcode;
    private bool _messageCompressed;
    private int _fragments;
    private PooledBuffer? _inflated;

    // The rest of a frame that is not wanted, because the connection is closing.
    private long _skip;
    private bool _framingLost;
    private bool _peerClosed;
    private bool _receiving;

    /// <summary>Bytes have come into the buffer; false at the end of the stream.</summary>
    private bool TryTake(int count)
    {
        _end += count;
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
        while (TryReadMessage(out var data, out var isText))
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

            if (!TryReadMessage(out var data, out var isText))
            {
                EndReceive();
                return;
            }

            handled = DeliverAsync(data, isText);
        }
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

    private bool _complete;

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

    /// <summary>Takes the next frame that is there as a whole, unmasked; control frames only, once the connection is closing.</summary>
    private bool TryReadFrame(out FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        header = default;
        while (!_framingLost && !_peerClosed)
        {
            var skipped = (int)Math.Min(_skip, _end - _start);
            _skip -= skipped;
            _start += skipped;
            var source = _buffer.AsSpan(_start, _end - _start);
            var parse = FrameHeader.TryParse(source, _compression, out header, out var consumed, out var error);
            if (parse == FrameParse.Incomplete)
            {
                _wanted = FrameHeader.MaxClientLength;
                return false;
            }

            if (parse == FrameParse.Invalid)
            {
                Fail(error);
                return false;
            }

            if (!header.IsControl && IsUnwanted(header))
            {
                _start += consumed;
                _skip = header.Length;
                continue;
            }

            var total = consumed + (int)header.Length;
            if (source.Length < total)
            {
                _wanted = total;
                return false;
            }

            FrameMask.Apply(_buffer.AsSpan(_start + consumed, (int)header.Length), header.Mask);
            payload = _buffer.AsMemory(_start + consumed, (int)header.Length);
            _start += total;
            return true;
        }

        return false;
    }

    /// <summary>Judges a data frame by its header, before any of it is buffered.</summary>
    private bool IsUnwanted(in FrameHeader header)
    {
        if (_closeRequested)
        {
            return true;
        }

        var continues = header.Opcode == WebSocketOpcode.Continuation;
        if (continues != _message is not null)
        {
            Fail(continues ? FrameError.UnexpectedContinuation : FrameError.ExpectedContinuation);
            return true;
        }

        if (header.Length + (_message?.Length ?? 0) > _runtime.Options.MaxPayload)
        {
            Fail(FrameError.TooBig);
            return true;
        }

        if (_fragments >= _runtime.Options.MaxFragmentsPerMessage)
        {
            Fail(FrameError.TooManyFragments);
            return true;
        }

        return false;
    }

    private void HandleControl(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        switch (opcode)
        {
            case WebSocketOpcode.Ping:
                lock (_lock)
                {
                    // Only the latest ping needs an answer (RFC 6455 section 5.5.3), so a flood of them costs one.
                    _pong = payload.ToArray();
                }

                OutputAvailable();
                break;
            case WebSocketOpcode.Close:
                var error = ClosePayload.Check(payload);
                if (error != FrameError.None)
                {
                    Fail(error);
                }

                _peerClosed = true;
                Close(payload.Length >= 2 ? payload[..2].ToArray() : []);
                _session?.Close(EngineCloseReason.TransportClose);
                break;
        }
    }

    /// <summary>The client broke the rules: it is told how, and its session ends, or its upgrade.</summary>
    private void Fail(FrameError error)
    {
        var code = error switch
        {
            FrameError.InvalidUtf8 or FrameError.BadCompression => WebSocketCloseCode.InvalidData,
            FrameError.TooBig => WebSocketCloseCode.TooBig,
            FrameError.TooManyFragments => WebSocketCloseCode.PolicyViolation,
            _ => WebSocketCloseCode.ProtocolError,
        };
        _framingLost = code == WebSocketCloseCode.ProtocolError;
        if (_upgrade is not null && _session is null)
        {
            _upgradingSession!.DropUpgrade(_upgrade, code, "");
        }

        Close(code, "");
        TellLimit(error);
        _session?.Close(error == FrameError.TooBig ? EngineCloseReason.PayloadTooLarge : EngineCloseReason.TransportError);
    }

    private void TellLimit(FrameError error)
    {
        if (error == FrameError.TooManyFragments)
        {
            _runtime.LimitReached(EngineLimit.Fragments, _session ?? _upgradingSession);
        }
        else if (error == FrameError.TooBig && _session is null)
        {
            // A session's end tells of it by itself; this one only loses its upgrade.
            _runtime.LimitReached(EngineLimit.Payload, _upgradingSession);
        }
    }

    // Where frames begin is not known any more. A client that answers the close frame does so in a piece of its own:
    // 88 82 <mask> <code>. It ends the wait, as the end of the stream does, and the close deadline.
    private void DiscardUnframed()
    {
        var received = _buffer.AsSpan(_start, _end - _start);
        _peerClosed = received.Length >= 6 && received[0] == 0x88 && received[1] == (0x80 | (received.Length - 6));
        _start = _end;
    }

    /// <summary>Where the next bytes go.</summary>
    private Memory<byte> MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(SmallestBuffer);
            return _buffer;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            // Doubled as data comes, so that memory follows what a client has sent, not what it has announced.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestBuffer, Math.Min(_wanted, _buffer.Length * 2)));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_end);
    }

    private void ReturnBuffer()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        _start = 0;
        _end = 0;
    }

    private void ReturnBuffers()
    {
        EndReceive();
        ReturnBuffer();
        _complete = true;
        ReleaseMessage();
    }
}
