using System.Buffers;
using System.IO.Pipelines;
using System.Text.Unicode;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Transports;

internal sealed partial class WebSocketConnection
{
    // The number of bytes that are read and handled in one batch, before the output that they caused is flushed.
    private const int MaxReadBatch = 64 * 1024;

    private EngineSession? _upgradingSession;

    // Received and not handled yet. The buffer holds no memory while the connection is idle.
    private ReceiveBuffer _received;

    // The message that is assembled from fragments.
    private PooledBuffer? _message;
    private WebSocketOpcode _messageOpcode;
    private bool _messageCompressed;
    private int _fragments;
    private bool _complete;
    private PooledBuffer? _inflated;
    private bool _receiving;

    // The number of bytes read in the current batch.
    private int _readInBatch;

    /// <summary>Moves data from the transport into the receive buffer, up to the room in the buffer.</summary>
    /// <returns><see langword="false"/> at the end of the connection; otherwise, <see langword="true"/>.</returns>
    private bool TryBuffer(PipeReader input, in ReadResult read)
    {
        // A server that stops cancels reads that wait for the next request. Ignored here: closing is up to the session.
        var (source, count) = (read.Buffer, 0);
        if (!source.IsEmpty)
        {
            var room = _received.GetWriteMemory().Span;
            count = (int)Math.Min(room.Length, source.Length);
            source.Slice(0, count).CopyTo(room);
        }

        _readInBatch += count;
        input.AdvanceTo(source.GetPosition(count));
        return TryBuffer(count) || (!read.IsCompleted && read.IsCanceled);
    }

    /// <summary>Adds received bytes to the receive buffer.</summary>
    /// <returns><see langword="false"/> at the end of the stream; otherwise, <see langword="true"/>.</returns>
    private bool TryBuffer(int count)
    {
        _received.Commit(count);
        if (_framingLost)
        {
            DiscardUnframed();
        }

        return count > 0;
    }

    /// <summary>Handles all complete messages, without an await as long as the handlers complete synchronously.</summary>
    private ValueTask HandleReceived()
    {
        BeginReceive();
        while (TryReadNextMessage(out var data, out var isText))
        {
            var handled = DeliverAsync(data, isText);
            if (!handled.IsCompletedSuccessfully)
            {
                return HandleReceivedAsync(handled);
            }
        }

        EndReceive();
        return default;
    }

    private async ValueTask HandleReceivedAsync(ValueTask handled)
    {
        while (true)
        {
            if (!handled.IsCompleted)
            {
                // Flush the output so far: it must not wait for a slow handler.
                _session?.EndBatch();
                await handled;
                if (_receiving)
                {
                    _session?.BeginBatch();
                }
            }
            else
            {
                await handled;
            }

            if (!TryReadNextMessage(out var data, out var isText))
            {
                EndReceive();
                return;
            }

            handled = DeliverAsync(data, isText);
        }
    }

    /// <summary>
    /// Reads the next message, and buffers data that has arrived meanwhile. Output that leaves in one write costs one send system
    /// call.
    /// </summary>
    private bool TryReadNextMessage(out ReadOnlyMemory<byte> data, out bool isText)
    {
        while (!TryReadMessage(out data, out isText))
        {
            if (_transport is null
                || _peerClosed
                || _readInBatch >= MaxReadBatch
                || !_transport.Input.TryRead(out var more)
                || !TryBuffer(_transport.Input, more))
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
        _readInBatch = 0;
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
        if (text.SequenceEqual("2probe"u8) && _upgradingSession!.TryProbe(_upgrade))
        {
            lock (_lock)
            {
                _probeAnswer = true;
            }

            OutputAvailable();
            return default;
        }

        if (text.Length > 0 && text[0] == PacketCodec.ToDigit(PacketType.Upgrade))
        {
            return CompleteUpgradeAsync();
        }

        _upgradingSession!.DropUpgrade(_upgrade, WebSocketCloseCode.InvalidPacket, "probe expected");
        return default;
    }

    private async ValueTask CompleteUpgradeAsync()
    {
        if (_upgradingSession!.TryCompleteUpgrade(_upgrade!, this) is not { } payloadEnded)
        {
            return;
        }

        _session = _upgradingSession;
        OutputAvailable();
        await payloadEnded;
        BeginReceive();
    }

    /// <summary>Reads the next complete message from the buffer. Its data is valid until the next call.</summary>
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
                _inflated = MessageDeflate.Decompress(payload.Span, _runtime.Options.MaxPayload);
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
        _received.Release();
        _complete = true;
        ReleaseMessage();
    }
}
