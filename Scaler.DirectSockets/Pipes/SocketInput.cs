using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Scaler.DirectSockets.Readiness;

namespace Scaler.DirectSockets.Pipes;

/// <summary>
/// Represents a connection's input, whose reader receives from the socket itself. Kestrel's own input is filled by a receive
/// loop, which costs two thread hops per read. Each hop costs more than handling a small message.
/// </summary>
/// <remarks>
/// The input holds memory only while there is unread data. When a reader waits, the thread that signals readiness receives the
/// data and runs the reader's continuation. As with every pipe, one caller reads at a time; <see cref="CancelPendingRead"/> may
/// be called from any thread.
/// </remarks>
internal sealed partial class SocketInput : PipeReader, IValueTaskSource<ReadResult>, IThreadPoolWorkItem, IDisposable
{
    private readonly Socket _socket;
    private readonly ISocketOwner _owner;

    // Also the lock that guards the state of cancellation, end and wait.
    private readonly ISocketReadiness _readiness;

    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private CancellationTokenRegistration _registration;

    // Received and not consumed. The size has no limit: the reader decides how much it leaves unconsumed.
    private SocketBuffer _received;

    // The number of unconsumed bytes that the reader has already examined.
    private int _examined;

    // _drained: the last receive did not fill its buffer, so the next one would get no data. _filled: it did fill its buffer.
    private bool _drained;
    private bool _filled;

    private bool _reading;
    private bool _waiting;
    private bool _cancelled;
    private volatile bool _ended;
    private Exception? _error;

    /// <param name="socket">The socket, which must be non-blocking.</param>
    /// <param name="owner">The owner of the input.</param>
    /// <param name="poller">The poller that waits for the socket; <see langword="null"/> to wait through the platform.</param>
    public SocketInput(Socket socket, ISocketOwner owner, EpollLoop? poller)
    {
        _socket = socket;
        _owner = owner;
        _readiness = poller is null ? new ThreadPoolReadiness(socket, this) : new EpollReadiness(poller, socket, this);
    }

    private ReadOnlySequence<byte> Unread => new(_received.Unread);

    public override bool TryRead(out ReadResult result)
    {
        if (!TryGetResult(out result))
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

        if (TryGetResultOrWait(out var result))
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

        // Positions count from the beginning of the array, not of the unread data.
        var length = consumed.GetInteger() - unread.Start.GetInteger();
        _examined = Math.Max(0, examined.GetInteger() - consumed.GetInteger());
        _received.Consume(length);
        if (length == unread.Length)
        {
            _received.Release();
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

        Complete(new ReadResult(Unread, isCanceled: true, isCompleted: false), runAsynchronously: true);
    }

    public override void Complete(Exception? exception = null) => _received.Release();

    /// <summary>Ends the input and completes a pending read. Only the first call has an effect.</summary>
    /// <param name="error">
    /// The exception for the reader; <see langword="null"/> if the client has ended its side gracefully.
    /// </param>
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
            Complete(new ReadResult(Unread, isCanceled: false, isCompleted: true), runAsynchronously: true);
        }

        _owner.OnInputEnded();
    }

    /// <summary>Releases the resources that wait for the socket. The socket must be closed first.</summary>
    public void Dispose() => _readiness.Dispose();

    /// <summary>Handles a readiness signal: there is data, or the input has ended.</summary>
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
                // A reader may be receiving at this moment, and wait afterwards: its wait must see this signal.
                _readiness.StoreSignal();
            }
        }

        // The system reports an error once.
        if (_readiness.SocketError != SocketError.Success)
        {
            End(CreateException(_readiness.SocketError));
        }

        if (!reading)
        {
            WatchForDisconnect();
        }
        else if (TryGetResultOrWait(out var result))
        {
            Complete(result, runAsynchronously: false);
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

    /// <summary>Returns the available data, or starts to wait for data.</summary>
    private bool TryGetResultOrWait(out ReadResult result)
    {
        while (!TryGetResult(out result))
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

    private bool TryGetResult(out ReadResult result)
    {
        var cancelled = Volatile.Read(ref _cancelled) && ConsumeCancellation();
        if (!cancelled && _examined == _received.Unread.Length && !_drained && !_ended)
        {
            Receive();
        }

        result = new ReadResult(Unread, cancelled, _ended);
        return cancelled || _ended || _examined < _received.Unread.Length;
    }

    private bool ConsumeCancellation()
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

    private void Complete(in ReadResult result, bool runAsynchronously)
    {
        // A thread that cancels a read or ends the input must not run the reader's continuation.
        _read.RunContinuationsAsynchronously = runAsynchronously;
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
