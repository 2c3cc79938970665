using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Forwarding.Peers;

/// <summary>Represents the initiating end of a connection between two servers, which sends requests.</summary>
internal sealed class PeerClientConnection(Stream stream, ScalerClusterOptions options, TimeProvider time) : PeerConnection(stream, options, time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PeerCall> _calls = [];
    private uint _lastNumber;
    private bool _hasEnded;

    /// <summary>Sends a request to the other server.</summary>
    /// <returns>
    /// <see langword="true"/> if the request was queued; <see langword="false"/> if the connection has ended or too many bytes
    /// are queued.
    /// </returns>
    public bool TryCall(HttpContext context, in ReadOnlySequence<byte> body, [NotNullWhen(true)] out PeerCall? call)
    {
        call = null;
        lock (_lock)
        {
            if (_hasEnded)
            {
                return false;
            }

            // Skip numbers that are still in use after the counter has wrapped around (2^32).
            do
            {
                _lastNumber++;
            }
            while (_calls.ContainsKey(_lastNumber));
            _calls.Add(_lastNumber, call = new PeerCall(this, _lastNumber));
        }

        if (TrySend(
            PeerFrameKind.Request, call.Number, (context, body),
            static (writer, content) => PeerRequest.Write(writer, content.context, content.body)))
        {
            return true;
        }

        RemoveCall(call.Number);
        call = null;
        return false;
    }

    /// <summary>Cancels a call and notifies the other server. Does nothing if the call is completed.</summary>
    public void Cancel(PeerCall call)
    {
        if (RemoveCall(call.Number) is not null)
        {
            Send(PeerFrameKind.Cancel, call.Number);
            call.TrySetResult(PeerCallOutcome.Canceled);
        }
    }

    /// <summary>Asks the other server to answer a held poll request now.</summary>
    public void Release(PeerCall call) => Send(PeerFrameKind.Release, call.Number);

    protected override void OnFrameReceived(in PeerFrame frame)
    {
        switch (frame.Kind)
        {
            case PeerFrameKind.ResponsePart:
                lock (_lock)
                {
                    // Append under the lock: a concurrent cancellation would return the call's memory to the pool.
                    _calls.GetValueOrDefault(frame.Request)?.Response.Append(frame.Content);
                }

                break;
            case PeerFrameKind.Response when RemoveCall(frame.Request) is { } call:
                call.Response.Append(frame.Content);
                call.TrySetResult(PeerCallOutcome.Completed);
                break;
            case PeerFrameKind.Aborted:
                RemoveCall(frame.Request)?.TrySetResult(PeerCallOutcome.Aborted);
                break;
        }
    }

    protected override void OnClosed()
    {
        PeerCall[] remaining;
        lock (_lock)
        {
            _hasEnded = true;
            remaining = [.. _calls.Values];
            _calls.Clear();
        }

        foreach (var call in remaining)
        {
            call.TrySetResult(PeerCallOutcome.Unreachable);
        }
    }

    private PeerCall? RemoveCall(uint number)
    {
        lock (_lock)
        {
            return _calls.Remove(number, out var call) ? call : null;
        }
    }
}
