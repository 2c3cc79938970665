using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Scaler.EngineIO.Transports;

namespace Scaler.EngineIO.Sockets;

/// <summary>
/// A connection's input that is received by whoever reads it. Kestrel's own is received by a loop that hands it on, by two turns of
/// other threads, each of which costs more than a small message does.
/// </summary>
/// <remarks>
/// Memory is held only while there is something unread. What the reader waits for is received by the thread that it is told by, which goes on with it. As with
/// every pipe, one caller reads at a time; <see cref="CancelPendingRead"/> may come from any thread.
/// </remarks>
internal sealed partial class SocketInput : PipeReader, IValueTaskSource<ReadResult>, IThreadPoolWorkItem, IDisposable
{
    private readonly Socket _socket;
    private readonly ISocketOwner _owner;

    // Also the lock of what a cancellation, an end and a wait change.
    private readonly ISocketReadiness _readiness;

    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private CancellationTokenRegistration _registration;

    // What has been received and not consumed; as much as the reader leaves there.
    private ReceiveBuffer _received = new() { Wanted = int.MaxValue };

    // How much of that has been looked at in vain.
    private int _examined;

    // Whether the last receive got less than there was room for: the next one would get nothing.
    private bool _drained;
    private bool _filled;

    private bool _reading;
    private bool _waiting;
    private bool _cancelled;
    private volatile bool _ended;
    private Exception? _error;

    /// <param name="socket">The socket, that does not block.</param>
    /// <param name="owner">What it belongs to.</param>
    /// <param name="poller">Who waits for the socket; null for the platform.</param>
    public SocketInput(Socket socket, ISocketOwner owner, SocketPoller? poller)
    {
        _socket = socket;
        _owner = owner;
        _readiness = poller is null ? new PoolReadiness(socket, this) : new PolledReadiness(poller, socket, this);
    }

    private ReadOnlySequence<byte> Unread => new(_received.Unread);

    public override bool TryRead(out ReadResult result)
    {
        if (!TryTake(out result))
        {
            return false;
        }

        ThrowIfFailed();
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        if (TryTakeOrWait(out var result))
        {
            return _error is null ? new(result) : ValueTask.FromException<ReadResult>(_error);
        }

        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static (input, token) => ((SocketInput)input!).Cancel(token), this);
        }

        return new(this, _read.Version);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var unread = Unread;
        if (unread.IsEmpty || consumed.GetObject() is null)
        {
            return;
        }

        // Positions in an array count from its beginning.
        var taken = consumed.GetInteger() - unread.Start.GetInteger();
        _examined = Math.Max(0, examined.GetInteger() - consumed.GetInteger());
        _received.Skip(taken);
        if (taken == unread.Length)
        {
            _received.Free();
        }
    }

    public override void CancelPendingRead()
    {
        lock (_readiness)
        {
            if (!_reading)
            {
                _cancelled = true;
                return;
            }

            _reading = false;
        }

        Complete(new ReadResult(Unread, isCanceled: true, isCompleted: false), elsewhere: true);
    }

    public override void Complete(Exception? exception = null) => _received.Free();

    /// <summary>Nothing is received any more; who reads learns why.</summary>
    /// <param name="error">What the reader fails with; null for an end in good order.</param>
    public void End(Exception? error)
    {
        bool reading;
        lock (_readiness)
        {
            if (_ended)
            {
                return;
            }

            _error = error;
            _ended = true;
            reading = _reading;
            _reading = false;
        }

        if (reading)
        {
            Complete(new ReadResult(Unread, isCanceled: false, isCompleted: true), elsewhere: true);
        }

        _owner.InputEnded();
    }

    /// <summary>Gives back what waits; the socket is closed before.</summary>
    public void Dispose() => _readiness.Dispose();

    /// <summary>There is something to receive, or an end.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        bool reading;
        lock (_readiness)
        {
            _waiting = false;
            reading = _reading;
            _reading = false;
            if (reading)
            {
                _drained = false;
            }
            else
            {
                // A reader may be receiving now, without this, and wait then.
                _readiness.Remind();
            }
        }

        // The system tells of an error once.
        if (_readiness.SocketError != SocketError.Success)
        {
            End(Failure(_readiness.SocketError));
        }

        if (!reading)
        {
            Watch();
        }
        else if (TryTakeOrWait(out var result))
        {
            Complete(result, elsewhere: false);
        }
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        try
        {
            return _read.GetResult(token);
        }
        finally
        {
            _read.Reset();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    /// <summary>Takes what there is, or begins to wait for it.</summary>
    private bool TryTakeOrWait(out ReadResult result)
    {
        while (!TryTake(out result))
        {
            lock (_readiness)
            {
                if (_cancelled || _ended)
                {
                    continue;
                }

                if (_waiting || TryWait())
                {
                    _reading = true;
                    return false;
                }

                _drained = false;
            }
        }

        return true;
    }

    private bool TryTake(out ReadResult result)
    {
        var cancelled = Volatile.Read(ref _cancelled) && TakeCancellation();
        if (!cancelled && _examined == _received.Unread.Length && !_drained && !_ended)
        {
            Receive();
        }

        result = new ReadResult(Unread, cancelled, _ended);
        return cancelled || _ended || _examined < _received.Unread.Length;
    }

    private bool TakeCancellation()
    {
        lock (_readiness)
        {
            var cancelled = _cancelled;
            _cancelled = false;
            return cancelled;
        }
    }

    private void Cancel(CancellationToken token)
    {
        lock (_readiness)
        {
            if (!_reading)
            {
                return;
            }

            _reading = false;
        }

        _read.RunContinuationsAsynchronously = true;
        _read.SetException(new OperationCanceledException(token));
    }

    private void Complete(in ReadResult result, bool elsewhere)
    {
        // Who cancels, or ends, has other things to do than what the reader does next.
        _read.RunContinuationsAsynchronously = elsewhere;
        if (_error is null)
        {
            _read.SetResult(result);
        }
        else
        {
            _read.SetException(_error);
        }
    }

    private void ThrowIfFailed()
    {
        if (_error is not null)
        {
            throw _error;
        }
    }
}
