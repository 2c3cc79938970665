using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Scaler.Cluster.Peers;

/// <summary>The end of a connection between two servers at which one asks.</summary>
internal sealed class PeerCaller(Stream stream, ScalerClusterOptions options, TimeProvider time) : PeerConnection(stream, options, time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PeerCall> _calls = [];
    private uint _last;
    private bool _ended;

    /// <summary>Asks the other server to answer a request.</summary>
    /// <returns>False where the connection has ended or is full.</returns>
    public bool TryCall(HttpContext context, in ReadOnlySequence<byte> body, [NotNullWhen(true)] out PeerCall? call)
    {
        call = null;
        lock (_lock)
        {
            if (_ended)
            {
                return false;
            }

            // Of four thousand million numbers one may still be in use after a round.
            do
            {
                _last++;
            }
            while (_calls.ContainsKey(_last));
            _calls.Add(_last, call = new PeerCall(this, _last));
        }

        if (TrySend(PeerFrameKind.Request, call.Number, (context, body), static (writer, asked) => PeerRequest.Write(writer, asked.context, asked.body)))
        {
            return true;
        }

        Take(call.Number);
        call = null;
        return false;
    }

    /// <summary>Tells the other server that nobody waits any more.</summary>
    public void Cancel(PeerCall call)
    {
        if (Take(call.Number) is not null)
        {
            Send(PeerFrameKind.Cancel, call.Number);
            call.TrySetResult(PeerCallOutcome.Canceled);
        }
    }

    protected override void Received(in PeerFrame frame)
    {
        switch (frame.Kind)
        {
            case PeerFrameKind.AnswerPart:
                lock (_lock)
                {
                    // Under the lock, or the call could be cancelled and its memory be given back meanwhile.
                    _calls.GetValueOrDefault(frame.Request)?.Answer.Append(frame.Content);
                }

                break;
            case PeerFrameKind.Answer when Take(frame.Request) is { } call:
                call.Answer.Append(frame.Content);
                call.TrySetResult(PeerCallOutcome.Answered);
                break;
            case PeerFrameKind.Aborted:
                Take(frame.Request)?.TrySetResult(PeerCallOutcome.Aborted);
                break;
        }
    }

    protected override void Ended()
    {
        PeerCall[] left;
        lock (_lock)
        {
            _ended = true;
            left = [.. _calls.Values];
            _calls.Clear();
        }

        foreach (var call in left)
        {
            call.TrySetResult(PeerCallOutcome.Unreachable);
        }
    }

    private PeerCall? Take(uint number)
    {
        lock (_lock)
        {
            return _calls.Remove(number, out var call) ? call : null;
        }
    }
}
