using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    private PollWaiter? _poll;
    private bool _posting;
    // The post whose body is being read: the session's end cuts it off.
    private IHttpRequestLifetimeFeature? _post;
    private TaskCompletionSource? _payloadEnded;
    private bool _handlingPayload;

    /// <summary>Whether a poll is held.</summary>
    internal bool HoldsPoll => _poll is not null;

    /// <summary>Whether the body of a post is being read.</summary>
    internal bool ReadsPost => _post is not null;

    /// <summary>
    /// A poll has come. With <see cref="PollOutcome.Output"/> and <see cref="PollOutcome.LateClose"/> the packets are in
    /// <paramref name="packets"/>; with <see cref="PollOutcome.Held"/> wait for <paramref name="waiter"/>, then call <see cref="EndPoll"/>.
    /// </summary>
    internal PollOutcome BeginPoll(List<OutboundPacket> packets, out PollWaiter? waiter)
    {
        waiter = null;
        lock (_gate)
        {
            if (_state >= EngineSessionState.Closing)
            {
                if (_lastPoll?.TrySetResult() == true)
                {
                    return PollOutcome.Noop;
                }

                return _retained ? TakeLastWords(packets) : PollOutcome.Gone;
            }

            if (_transport != EngineTransport.Polling)
            {
                return PollOutcome.WrongTransport;
            }

            if (_poll is null)
            {
                if (_queue.Count > 0)
                {
                    TakePackets(packets);
                    return PollOutcome.Output;
                }

                if (_upgrade?.TakeNoop() == true)
                {
                    return PollOutcome.Noop;
                }

                _poll = waiter = new PollWaiter();
                _drain = waiter;
                return PollOutcome.Held;
            }
        }

        Close(EngineCloseReason.TransportError);
        return PollOutcome.Duplicate;
    }

    /// <summary>A held poll was released. With what it is to be answered is decided now, for things may have happened since.</summary>
    internal PollOutcome EndPoll(PollWaiter waiter, List<OutboundPacket> packets)
    {
        lock (_gate)
        {
            if (_poll == waiter)
            {
                _poll = null;
                _drain = null;
                TakePackets(packets);
                return packets.Count > 0 ? PollOutcome.Output : PollOutcome.Noop;
            }

            if (_state == EngineSessionState.Open || _reason == EngineCloseReason.ClientClose)
            {
                return PollOutcome.Noop;
            }

            while (_queue.Count > 0)
            {
                TakePackets(packets);
            }

            return PollOutcome.Close;
        }
    }

    /// <summary>The client dropped a poll that was held.</summary>
    internal void AbortPoll(PollWaiter waiter)
    {
        if (_poll == waiter)
        {
            Close(EngineCloseReason.TransportClose);
        }
    }

    /// <summary>
    /// What the handshake's response carries: the open packet and what followed. True when the session has ended meanwhile, and
    /// the close packet belongs behind them.
    /// </summary>
    internal bool TakeHandshake(List<OutboundPacket> packets)
    {
        lock (_gate)
        {
            TakePackets(packets);
            return _state >= EngineSessionState.Closing;
        }
    }

    /// <summary>A post has come; false when there is another one, which ends the session.</summary>
    internal bool TryBeginPost(IHttpRequestLifetimeFeature request)
    {
        lock (_gate)
        {
            if (_state >= EngineSessionState.Closing)
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

        Close(EngineCloseReason.TransportError);
        return false;
    }

    /// <summary>The post is about to be answered.</summary>
    internal void EndPost()
    {
        lock (_gate)
        {
            _posting = false;
            _post = null;
        }
    }

    // The handler sees one payload at a time, and a WebSocket's first message after an upgrade waits for the last payload.
    private bool TryBeginPayload()
    {
        lock (_gate)
        {
            if (_transport != EngineTransport.Polling)
            {
                return false;
            }

            _handlingPayload = true;
            _receivers++;
            _corked = true;
            // The body is here: from now on the post gets its answer.
            _post = null;
            return true;
        }
    }

    private void EndPayload()
    {
        TaskCompletionSource? ended;
        lock (_gate)
        {
            _handlingPayload = false;
            ended = _payloadEnded;
            _payloadEnded = null;
        }

        EndReceive();
        ended?.TrySetResult();
    }

    /// <summary>Takes what fits into one payload, at least one packet. Called under the lock.</summary>
    private void TakePackets(List<OutboundPacket> packets)
    {
        long length = 0;
        while (_queue.Count > 0)
        {
            var next = _queue.Peek();
            length += EncodedLength(next) + 1;
            if (packets.Count > 0 && length - 1 > _runtime.Options.MaxPayload)
            {
                break;
            }

            var packet = _queue.Dequeue();
            _queue.Release(packet.Cost);
            packets.Add(packet);
            _runtime.Metrics.PacketSent(EngineTransport.Polling, packet.Type);
        }

        AdmitWaiters();
    }

    // The queue first, in as many polls as it takes, then the close packet.
    private PollOutcome TakeLastWords(List<OutboundPacket> packets)
    {
        if (_queue.Count > 0)
        {
            TakePackets(packets);
            return PollOutcome.Output;
        }

        Forget();
        return PollOutcome.LateClose;
    }

    private long EncodedLength(in OutboundPacket packet)
    {
        if (ProtocolVersion == 4)
        {
            return PayloadCodec.EncodedLength(packet.Body, packet.Length);
        }

        return Base64Only || packet.Body == PacketBody.Text
            ? V3.TextPayloadCodec.MaxEncodedLength(packet.Body, packet.Length)
            : V3.BinaryPayloadCodec.MaxEncodedLength(packet.Length);
    }
}
