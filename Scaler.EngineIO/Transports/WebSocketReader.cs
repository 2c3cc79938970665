using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Transports;

/// <summary>
/// Reads the messages and control frames of a WebSocket from the data that its channel receives, and passes them to the
/// connection. Used by one thread at a time.
/// </summary>
/// <param name="connection">The connection that handles the messages and control frames.</param>
/// <param name="channel">The channel that receives the data.</param>
/// <param name="options">The options that limit the messages.</param>
/// <param name="compression"><see langword="true"/> if permessage-deflate was negotiated.</param>
internal sealed class WebSocketReader(
    WebSocketConnection connection, IWebSocketChannel channel, EngineIOOptions options, bool compression)
{
    // The number of bytes that are read and handled in one batch, before the output that they caused is flushed.
    private const int MaxReadBatch = 64 * 1024;

    // Received and not handled yet. The buffer holds no memory while the connection is idle.
    private ReceiveBuffer _received;
    private MessageAssembler _message;

    // The number of bytes read in the current batch.
    private int _readInBatch;

    // The number of bytes left to discard of an unwanted frame: the connection is closing.
    private long _skip;
    private bool _framingLost;

    /// <summary>Gets a value indicating whether the client has sent a close frame, its last frame.</summary>
    public bool PeerClosed { get; private set; }

    /// <summary>Returns the receive buffer to the pool if all received data is handled.</summary>
    /// <returns><see langword="true"/> if the reader holds no buffer; otherwise, <see langword="false"/>.</returns>
    public bool TryReleaseBuffer()
    {
        if (!_received.Unread.IsEmpty)
        {
            return false;
        }

        _received.Release();
        return true;
    }

    /// <summary>Returns the memory for the next received data.</summary>
    public Memory<byte> GetWriteMemory() => _received.GetWriteMemory();

    /// <summary>Adds data that was received into the memory from <see cref="GetWriteMemory"/>.</summary>
    /// <returns><see langword="false"/> at the end of the data; otherwise, <see langword="true"/>.</returns>
    public bool Commit(int count)
    {
        _readInBatch += count;
        _received.Commit(count);
        if (_framingLost)
        {
            DiscardUnframed();
        }

        return count > 0;
    }

    /// <summary>Handles all complete messages, without an await as long as the handlers complete synchronously.</summary>
    public ValueTask HandleReceived()
    {
        connection.BeginReceive();
        while (TryReadNextMessage(out var data, out var isText))
        {
            var handled = connection.DeliverAsync(data, isText);
            if (!handled.IsCompletedSuccessfully)
            {
                return HandleReceivedAsync(handled);
            }
        }

        EndReceive();
        return default;
    }

    /// <summary>Ends the connection, after the last data.</summary>
    /// <param name="error">The exception that ended the data, or <see langword="null"/>.</param>
    public Task CompleteAsync(Exception? error)
    {
        connection.EndReceive();
        _received.Release();
        _message.Abandon();
        return connection.EndAsync(error);
    }

    private async ValueTask HandleReceivedAsync(ValueTask handled)
    {
        while (true)
        {
            if (!handled.IsCompleted)
            {
                // Flush the output so far: it must not wait for a slow handler.
                connection.EndBatch();
                await handled;
                connection.BeginBatch();
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

            handled = connection.DeliverAsync(data, isText);
        }
    }

    private void EndReceive()
    {
        _readInBatch = 0;
        connection.EndReceive();
    }

    /// <summary>
    /// Reads the next message, and buffers data that has arrived meanwhile. Output that leaves in one write costs one send system
    /// call.
    /// </summary>
    private bool TryReadNextMessage(out ReadOnlyMemory<byte> data, out bool isText)
    {
        while (!TryReadMessage(out data, out isText))
        {
            if (PeerClosed || _readInBatch >= MaxReadBatch || !channel.TryReceive(this))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the next complete message from the buffer. Its data is valid until the next call.</summary>
    private bool TryReadMessage(out ReadOnlyMemory<byte> data, out bool isText)
    {
        _message.Release();
        while (TryReadFrame(out var header, out var payload))
        {
            if (header.IsControl)
            {
                connection.CountControlFrame(payload.Length);
                HandleControl(header.Opcode, payload.Span);
            }
            else if (_message.Add(header, ref payload))
            {
                var error = _message.Decode(payload, options.MaxPayload, out data);
                if (error == FrameError.None)
                {
                    isText = _message.IsText;
                    return true;
                }

                Fail(error);
            }
        }

        data = default;
        isText = false;
        return false;
    }

    /// <summary>
    /// Reads the next complete frame and unmasks its payload. Once the connection is closing, returns control frames only.
    /// </summary>
    private bool TryReadFrame(out FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        header = default;
        while (!_framingLost && !PeerClosed)
        {
            var skipped = (int)Math.Min(_skip, _received.Unread.Length);
            _skip -= skipped;
            _received.Consume(skipped);
            var source = _received.Unread;
            var parse = FrameHeader.TryParse(source.Span, compression, out header, out var consumed, out var error);
            if (parse == FrameParseResult.Incomplete)
            {
                _received.RequiredLength = FrameHeader.MaxClientLength;
                return false;
            }

            if (parse == FrameParseResult.Invalid)
            {
                Fail(error);
                return false;
            }

            if (!header.IsControl && IsUnwanted(header))
            {
                _received.Consume(consumed);
                _skip = header.Length;
                continue;
            }

            var total = consumed + (int)header.Length;
            if (source.Length < total)
            {
                _received.RequiredLength = total;
                return false;
            }

            var data = source[consumed..total];
            FrameMask.Apply(data.Span, header.Mask);
            payload = data;
            _received.Consume(total);
            return true;
        }

        return false;
    }

    /// <summary>Validates a data frame by its header, before any of its payload is buffered.</summary>
    /// <returns><see langword="true"/> if the frame must be discarded; otherwise, <see langword="false"/>.</returns>
    private bool IsUnwanted(in FrameHeader header)
    {
        if (connection.IsClosing)
        {
            return true;
        }

        var continues = header.Opcode == WebSocketOpcode.Continuation;
        if (continues != _message.InProgress)
        {
            Fail(continues ? FrameError.UnexpectedContinuation : FrameError.ExpectedContinuation);
            return true;
        }

        if (header.Length + _message.Length > options.MaxPayload)
        {
            Fail(FrameError.TooBig);
            return true;
        }

        if (_message.FragmentCount >= options.MaxFragmentsPerMessage)
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
                connection.HandlePing(payload);
                break;
            case WebSocketOpcode.Close:
                var error = ClosePayload.Validate(payload);
                if (error != FrameError.None)
                {
                    Fail(error);
                }

                PeerClosed = true;
                connection.HandleClose(payload);
                break;
        }
    }

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
        connection.Fail(error, code);
    }

    // The frame boundaries are lost. A client that answers the close frame sends the answer in a segment of its own:
    // 88 82 <mask> <code>. Such a segment ends the wait, as the end of the stream and the close deadline do.
    private void DiscardUnframed()
    {
        var received = _received.Unread.Span;
        PeerClosed = received.Length >= 6 && received[0] == 0x88 && received[1] == (0x80 | (received.Length - 6));
        _received.Consume(received.Length);
    }
}
