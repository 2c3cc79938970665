using Microsoft.AspNetCore.Http.Features;
using Scaler.EngineIO.Protocol;
using Scaler.EngineIO.Sessions;
using V3 = Scaler.EngineIO.Protocol.V3;

namespace Scaler.EngineIO;

public sealed partial class EngineSession
{
    private HeldPoll? _poll;
    private bool _posting;
    // The POST whose body is being read; it is aborted when the session ends.
    private IHttpRequestLifetimeFeature? _post;
    private TaskCompletionSource? _payloadEnded;
    private bool _handlingPayload;

    /// <summary>Gets a value indicating whether a poll is held.</summary>
    internal bool HasHeldPoll => _poll is not null;

    /// <summary>Gets a value indicating whether the body of a POST is being read.</summary>
    internal bool IsReadingPost => _post is not null;

    /// <summary>
    /// Starts a poll. For <see cref="PollOutcome.Output"/>, the packets are added to <paramref name="packets"/>. For
    /// <see cref="PollOutcome.Held"/>, the caller waits for <paramref name="waiter"/> and then calls <see cref="EndPoll"/>.
    /// </summary>
    internal PollOutcome BeginPoll(List<OutboundPacket> packets, out HeldPoll? waiter)
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

                return _retained ? DequeueRetained(packets) : PollOutcome.SessionEnded;
            }

            if (_transport != EngineTransport.Polling)
            {
                return PollOutcome.WrongTransport;
            }

            if (_poll is null)
            {
                if (_queue.Count > 0)
                {
                    DequeuePayload(packets);
                    return PollOutcome.Output;
                }

                if (_upgrade?.TryAcquireNoop() == true)
                {
                    return PollOutcome.Noop;
                }

                _poll = waiter = new HeldPoll();
                _drain = waiter;
                return PollOutcome.Held;
            }
        }

        Close(EngineCloseReason.TransportError);
        return PollOutcome.Duplicate;
    }

    /// <summary>
    /// Ends a held poll after its release. Decides its response from the current state, which may have changed since the release.
    /// </summary>
    internal PollOutcome EndPoll(HeldPoll waiter, List<OutboundPacket> packets)
    {
        lock (_gate)
        {
            if (_poll == waiter)
            {
                _poll = null;
                _drain = null;
                DequeuePayload(packets);
                return packets.Count > 0 ? PollOutcome.Output : PollOutcome.Noop;
            }

            if (_state == EngineSessionState.Open || _reason == EngineCloseReason.ClientClose)
            {
                return PollOutcome.Noop;
            }

            while (_queue.Count > 0)
            {
                DequeuePayload(packets);
            }

            return PollOutcome.Close;
        }
    }

    /// <summary>Closes the session because the client aborted its held poll.</summary>
    internal void AbortPoll(HeldPoll waiter)
    {
        if (_poll == waiter)
        {
            Close(EngineCloseReason.TransportClose);
        }
    }

    /// <summary>
    /// Dequeues the packets of the handshake response: the open packet and those that fit behind it.
    /// </summary>
    /// <returns>
    /// <see langword="true"/> if the session has ended meanwhile, so that the close packet follows; otherwise,
    /// <see langword="false"/>.
    /// </returns>
    internal bool DequeueHandshakePackets(List<OutboundPacket> packets)
    {
        lock (_gate)
        {
            DequeuePayload(packets);
            return _state >= EngineSessionState.Closing;
        }
    }

    /// <summary>Starts a POST, and closes the session if another POST is in progress.</summary>
    /// <returns><see langword="false"/> if another POST is in progress; otherwise, <see langword="true"/>.</returns>
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

    /// <summary>
    /// Ends a POST, immediately before its response. The client may then send the next POST, and closing the session no longer
    /// aborts this one.
    /// </summary>
    internal void EndPost()
    {
        lock (_gate)
        {
            _posting = false;
            _post = null;
        }
    }

    // Payloads are handled one at a time, and the first WebSocket message after an upgrade waits for the last payload.
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
            // The body is complete, so the close of the session no longer aborts the POST.
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

    /// <summary>Dequeues the packets that fit into one payload, at least one if there is any. Called under the lock.</summary>
    private void DequeuePayload(List<OutboundPacket> packets)
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
            _queue.ReleaseCost(packet.Cost);
            packets.Add(packet);
            _runtime.Metrics.PacketSent(EngineTransport.Polling, packet.Type);
        }

        EnqueueWaiters();
    }

    // Queued packets are sent first, over as many polls as needed, then the close packet.
    private PollOutcome DequeueRetained(List<OutboundPacket> packets)
    {
        if (_queue.Count > 0)
        {
            DequeuePayload(packets);
            return PollOutcome.Output;
        }

        EndRetention();
        return PollOutcome.NoopAndClose;
    }

    private long EncodedLength(in OutboundPacket packet)
    {
        if (ProtocolVersion == 4)
        {
            return PayloadCodec.GetEncodedLength(packet.Body, packet.Length);
        }

        return Base64Only || packet.Body == PacketBodyFormat.Text
            ? V3.TextPayloadCodec.GetMaxEncodedLength(packet.Body, packet.Length)
            : V3.BinaryPayloadCodec.GetMaxEncodedLength(packet.Length);
    }
}
