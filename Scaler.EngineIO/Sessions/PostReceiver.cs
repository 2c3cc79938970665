using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Protocol;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO.Sessions;

/// <summary>Receives the packets of a polling session in the bodies of its POST requests, one request at a time.</summary>
internal sealed class PostReceiver(SessionLifecycle lifecycle, SendQueue queue, MessagePump pump)
{
    private readonly SessionLifecycle _lifecycle = lifecycle;
    private readonly SendQueue _queue = queue;
    private readonly MessagePump _pump = pump;
    private bool _posting;

    // The POST whose body is being read; it is aborted when the session ends.
    private IHttpRequestLifetimeFeature? _post;
    private TaskCompletionSource? _payloadEnded;

    /// <summary>Gets a value indicating whether the body of a POST is being read.</summary>
    public bool IsReadingBody => _post is not null;

    /// <summary>Gets a value indicating whether the packets of a POST are being handled.</summary>
    public bool IsHandlingPayload { get; private set; }

    private EngineIOOptions Options => _lifecycle.Runtime.Options;

    private bool IsProtocol4 => _lifecycle.Session.ProtocolVersion == 4;

    /// <summary>Starts a POST, and closes the session if another POST is in progress.</summary>
    /// <returns><see langword="false"/> if another POST is in progress; otherwise, <see langword="true"/>.</returns>
    public bool TryBeginPost(IHttpRequestLifetimeFeature request)
    {
        lock (_lifecycle.Gate)
        {
            if (_lifecycle.State >= EngineSessionState.Closing)
            {
                return true;
            }

            if (!_posting)
            {
                _posting = true;
                _post = request;
                return true;
            }
        }

        _lifecycle.Close(EngineCloseReason.TransportError);
        return false;
    }

    /// <summary>
    /// Ends a POST, immediately before its response. The client may then send the next POST, and closing the session no longer
    /// aborts this one.
    /// </summary>
    public void EndPost()
    {
        lock (_lifecycle.Gate)
        {
            _posting = false;
            _post = null;
        }
    }

    /// <summary>Handles a polling body packet by packet. Stops at the first invalid packet.</summary>
    public async ValueTask<PayloadOutcome> ReceivePayloadAsync(ReadOnlyMemory<byte> body, bool isBinary)
    {
        if (!TryBeginPayload())
        {
            return PayloadOutcome.WrongTransport;
        }

        try
        {
            if (IsProtocol4 && PayloadCodec.CountPackets(body.Span) > Options.MaxPacketsPerPayload)
            {
                CloseForTooManyPackets();
                return PayloadOutcome.Invalid;
            }

            var position = 0;
            var count = 0;
            while (_lifecycle.State == EngineSessionState.Open)
            {
                var step = ReadPacket(body.Span, isBinary, ref position, out var packet);
                if (step == PayloadReadResult.End)
                {
                    break;
                }

                if (step == PayloadReadResult.Invalid)
                {
                    _lifecycle.Close(EngineCloseReason.ParseError);
                    return PayloadOutcome.Invalid;
                }

                if (++count > Options.MaxPacketsPerPayload)
                {
                    CloseForTooManyPackets();
                    return PayloadOutcome.Invalid;
                }

                var handled = _pump.ReceiveAsync(packet, body, EngineTransport.Polling);
                if (!handled.IsCompletedSuccessfully)
                {
                    _queue.EndBatch();
                    await handled;
                    _queue.BeginBatch();
                }
            }

            return _lifecycle.CloseReason == EngineCloseReason.RateLimit ? PayloadOutcome.RateLimited : PayloadOutcome.Accepted;
        }
        finally
        {
            EndPayload();
        }
    }

    /// <summary>Aborts the POST that is being read, because the session ends. Called under the lock.</summary>
    public void Abort()
    {
        _post?.Abort();
        _post = null;
    }

    /// <summary>Returns a task that completes when the payload in progress has been handled. Called under the lock.</summary>
    public Task WaitForPayloadAsync() => IsHandlingPayload
        ? (_payloadEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
        : Task.CompletedTask;

    // Payloads are handled one at a time, and the first WebSocket message after an upgrade waits for the last payload.
    private bool TryBeginPayload()
    {
        lock (_lifecycle.Gate)
        {
            if (_lifecycle.Transport != EngineTransport.Polling)
            {
                return false;
            }

            IsHandlingPayload = true;
            _pump.EnterReceive();
            // The body is complete, so the close of the session no longer aborts the POST.
            _post = null;
            return true;
        }
    }

    private void EndPayload()
    {
        TaskCompletionSource? ended;
        lock (_lifecycle.Gate)
        {
            IsHandlingPayload = false;
            ended = _payloadEnded;
            _payloadEnded = null;
        }

        _pump.EndReceive();
        ended?.TrySetResult();
    }

    private PayloadReadResult ReadPacket(ReadOnlySpan<byte> body, bool isBinary, ref int position, out Packet packet)
    {
        if (IsProtocol4)
        {
            return PayloadCodec.Read(body, ref position, out packet, out _);
        }

        return isBinary
            ? V3.BinaryPayloadCodec.Read(body, ref position, out packet, out _)
            : V3.TextPayloadCodec.Read(body, ref position, out packet, out _);
    }

    private void CloseForTooManyPackets()
    {
        if (_lifecycle.Close(EngineCloseReason.ParseError))
        {
            _lifecycle.Runtime.ReportLimitReached(EngineLimit.Packets, _lifecycle.Session);
        }
    }
}
