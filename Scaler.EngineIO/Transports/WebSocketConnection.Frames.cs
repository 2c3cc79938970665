using Scaler.EngineIO.Protocol.WebSocket;

namespace Scaler.EngineIO.Transports;

internal sealed partial class WebSocketConnection
{
    // The number of bytes left to discard of an unwanted frame: the connection is closing.
    private long _skip;
    private bool _framingLost;
    private bool _peerClosed;

    /// <summary>
    /// Reads the next complete frame and unmasks its payload. Once the connection is closing, returns control frames only.
    /// </summary>
    private bool TryReadFrame(out FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        header = default;
        while (!_framingLost && !_peerClosed)
        {
            var skipped = (int)Math.Min(_skip, _received.Unread.Length);
            _skip -= skipped;
            _received.Consume(skipped);
            var source = _received.Unread;
            var parse = FrameHeader.TryParse(source.Span, _compression, out header, out var consumed, out var error);
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
                    // Only the latest ping needs an answer (RFC 6455, section 5.5.3), so a flood of pings costs one pong.
                    _pong = payload.ToArray();
                }

                OutputAvailable();
                break;
            case WebSocketOpcode.Close:
                var error = ClosePayload.Validate(payload);
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

    /// <summary>
    /// Handles a protocol violation: sends a close frame with the matching code, and closes the session or drops the upgrade.
    /// </summary>
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
        ReportLimit(error);
        _session?.Close(error == FrameError.TooBig ? EngineCloseReason.PayloadTooLarge : EngineCloseReason.TransportError);
    }

    private void ReportLimit(FrameError error)
    {
        if (error == FrameError.TooManyFragments)
        {
            _runtime.ReportLimitReached(EngineLimit.Fragments, _session ?? _upgradingSession);
        }
        else if (error == FrameError.TooBig && _session is null)
        {
            // A session reports this limit when it closes. This session stays open and only loses its upgrade.
            _runtime.ReportLimitReached(EngineLimit.Payload, _upgradingSession);
        }
    }

    // The frame boundaries are lost. A client that answers the close frame sends the answer in a segment of its own:
    // 88 82 <mask> <code>. Such a segment ends the wait, as the end of the stream and the close deadline do.
    private void DiscardUnframed()
    {
        var received = _received.Unread.Span;
        _peerClosed = received.Length >= 6 && received[0] == 0x88 && received[1] == (0x80 | (received.Length - 6));
        _received.Consume(received.Length);
    }
}
